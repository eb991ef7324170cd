// The `## ACL` section of a driver's README grants what is sent whatever the patterns send: by the driver kit, and by the
// driver's own sources. What its client sends by itself stands there too, but no source of ours names it: that the line is
// enough is seen by running suites under a user with just these rights (tools/matrix/test/rights).
import { grantedRules, subscriptions, sweepingRules } from '../acl-rules.mjs';
import { resolveImport } from '../imports.mjs';
import { sectionOf } from '../readme.mjs';

const RULE = 'driver-acl';
const SECTION = 'ACL';
/** A command and its second word: `args: ['COMMAND', 'DOCS', …]`, `args: [...(['CLIENT', 'TRACKING', …`. */
const BUILT = /\bargs:\s*\[\s*(?:\.{3}\(\[)?'([A-Z]+)'(?:,\s*'([A-Z]+)')?/g;
/** `subscribe('channel', '__redis__:invalidate')` */
const LISTENED = /\bsubscribe\(\s*'channel',\s*'([^']+)'/g;
/** Commands whose second word has a right of its own. */
const WITH_SUBCOMMANDS = new Set(['CLIENT', 'CLUSTER', 'COMMAND', 'CONFIG']);
/** Of whoever has scripts: the README of a pattern grants it. */
const OF_PATTERNS = new Set(['EVAL']);
/** Items that grant nothing: what says more of a right of the line, and of sentinels, other servers with users of their own. */
const BESIDE = /^- (?:`|on the sentinels\b)/;

/** @param {import('../workspace.mjs').Workspace} workspace @returns {import('../workspace.mjs').Finding[]} */
export function driverAcl(workspace) {
  const kit = workspace.packages.filter(({ kind }) => kind === 'core').flatMap(reachedByKit);
  return workspace.packages
    .filter(({ kind, stub }) => kind === 'driver' && !stub)
    .flatMap((owner) => check(owner, kit));
}

/**
 * @param {import('../workspace.mjs').WorkspacePackage} owner
 * @param {readonly import('../workspace.mjs').TextFile[]} kit
 */
function check(owner, kit) {
  const path = `${owner.folder}/README.md`;
  const text = owner.files.find((file) => file.path === path)?.text ?? '';
  const section = sectionOf(text, SECTION) ?? [];
  const always = section.find(({ content }) => / ACL: /.test(content));
  if (always === undefined)
    return [
      finding(
        path,
        1,
        `no line of a section '## ${SECTION}' grants what every server needs: \`… ACL: \`+command …\`\``,
      ),
    ];
  const findings = section.flatMap(({ content, line }) =>
    sweepingRules(grantedRules(content)).map((rule) =>
      finding(path, line, `the section '## ${SECTION}' grants '${rule}': name the commands and channels`),
    ),
  );
  const granted = new Set(
    section
      .filter(({ content }) => !BESIDE.test(content))
      .flatMap(({ content }) => grantedRules(content))
      .map((rule) => (rule.startsWith('+') ? rule.toUpperCase() : rule)),
  );
  const sources = [...kit, ...owner.files.filter((file) => file.path.startsWith(`${owner.folder}/src/`))];
  for (const rule of [...sentBy(sources)].sort()) {
    if (!granted.has(rule) && !granted.has(rule.split('|')[0] ?? ''))
      findings.push(
        finding(path, always.line, `the section '## ${SECTION}' does not grant ${rule}, which is sent`),
      );
  }
  return findings;
}

/** As ACL rules: `+CLIENT|ID`, `&channel`. @param {readonly import('../workspace.mjs').TextFile[]} sources */
function sentBy(sources) {
  /** @type {Set<string>} */
  const sent = new Set();
  for (const { code } of sources) {
    for (const [, command = '', second] of code.matchAll(BUILT)) {
      if (OF_PATTERNS.has(command)) continue;
      sent.add(
        second !== undefined && WITH_SUBCOMMANDS.has(command) ? `+${command}|${second}` : `+${command}`,
      );
    }
    for (const [, channel] of code.matchAll(LISTENED)) sent.add(`&${channel}`);
    if (/\bsubscribe\(/.test(code)) for (const command of subscriptions) sent.add(`+${command}`);
  }
  return sent;
}

/** What drivers are made of: the files of core that its driver kit comes to by imports. @param {import('../workspace.mjs').WorkspacePackage} core */
function reachedByKit(core) {
  const byPath = new Map(core.files.map((file) => [file.path, file]));
  const reached = new Set([`${core.folder}/src/driver-kit.ts`]);
  for (const path of reached) {
    for (const { specifier } of byPath.get(path)?.imports ?? [])
      for (const next of resolveImport(path, specifier, byPath)) reached.add(next);
  }
  return core.files.filter((file) => reached.has(file.path));
}

/** @param {string} path @param {number} line @param {string} message */
function finding(path, line, message) {
  return { path, line, rule: RULE, message };
}
