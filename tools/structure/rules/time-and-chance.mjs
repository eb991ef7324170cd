// Time comes from a Clock and chance from a RandomSource, so that tests own both. Only the code that makes those two,
// and the drivers, may ask the machine.
import { lineAt } from '../blank-source.mjs';
import { partOf } from '../workspace.mjs';

const ALLOWED = [
  /^packages\/core\/src\/time\//,
  /^packages\/driver-[^/]+\/src\//,
  /^packages\/testing\/src\/processes\/machine-time/,
  /^packages\/lua\/src\/library\/(?:os|math)/,
];
const CALLS =
  /(?<![\w$.])(?:(?:globalThis|global|window)\s*\.\s*)?(Date\s*\.\s*now|performance\s*\.\s*now|process\s*\.\s*hrtime|setTimeout|setInterval|Math\s*\.\s*random|AbortSignal\s*\.\s*timeout|new\s+Date\s*(?:\(\s*\)|(?![\s\w(.]))|Date\s*\(\s*\))/g;
// `setTimeout` as a declared method, a property name or a type query is no call; the others are refused in any use.
const NO_USE = /^\s*[?]?:/;

/** @param {import('../workspace.mjs').Workspace} workspace @returns {import('../workspace.mjs').Finding[]} */
export function timeAndChance(workspace) {
  return workspace.packages
    .filter((owner) => owner.folder.startsWith('packages/'))
    .flatMap((owner) => owner.files.filter((file) => partOf(owner, file) === 'src'))
    .filter((file) => /\.[cm]?[jt]sx?$/.test(file.path) && !ALLOWED.some((path) => path.test(file.path)))
    .flatMap((file) => {
      const imported = timerImports(file);
      const lines = new Set(imported.map(({ line }) => line));
      return [...imported, ...calls(file).filter(({ line }) => !lines.has(line))];
    });
}

/** @param {import('../workspace.mjs').TextFile} file */
function calls(file) {
  return Array.from(file.bare.matchAll(CALLS))
    .filter((match) => !NO_USE.test(file.bare.slice(match.index + match[0].length)))
    .map((match) => {
      const what = (match[1] ?? '').replace(/\s+/g, ' ');
      return finding(file, lineAt(file.bare, match.index), `${what}: take a Clock or a RandomSource`);
    });
}

/** @param {import('../workspace.mjs').TextFile} file */
function timerImports(file) {
  return file.imports
    .filter(({ specifier }) => /^(?:node:)?(?:timers|perf_hooks)(?:\/|$)/.test(specifier))
    .map(({ specifier, line }) => finding(file, line, `'${specifier}': take a Clock`));
}

/** @param {import('../workspace.mjs').TextFile} file @param {number} line @param {string} message */
function finding(file, line, message) {
  return { path: file.path, line, rule: 'time-and-chance', message };
}
