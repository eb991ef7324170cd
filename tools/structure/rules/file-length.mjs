// One thought a file: 250 lines ask for a second look, more than 400 are refused. Sources, tests and scripts alike.
const LOOK_HARD = 250;
const REFUSED = 400;

/** @param {import('../workspace.mjs').Workspace} workspace @returns {import('../workspace.mjs').Finding[]} */
export function fileLength(workspace) {
  return workspace.packages.flatMap((owner) =>
    owner.files.flatMap(({ path, text }) => {
      if (!/\.(?:[cm]?[jt]sx?|lua)$/.test(path)) return [];
      const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
      if (lines < LOOK_HARD) return [];
      const note = lines <= REFUSED;
      const message = note
        ? `${lines} lines: look hard at ${LOOK_HARD}`
        : `${lines} lines: more than ${REFUSED}, split it`;
      return [{ path, line: 1, rule: 'file-length', message, note }];
    }),
  );
}
