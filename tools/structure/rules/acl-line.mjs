// The ACL line of a pattern's README grants what its sources send, no less and no more. That it is enough is seen besides by
// running the suites under a user with just these rights (tools/matrix/test/rights).
import { grantedRules, subscriptions, sweepingRules } from '../acl-rules.mjs';

const RULE = 'acl-line';
/** In a script: `redis.call('SET', …)`. */
const CALLED = /redis\.p?call\(\s*['"]([A-Za-z]+)['"]/g;
/** In a builder: `args: ['SET', …]`. */
const BUILT = /\bargs:\s*\[\s*'([A-Z]+)'/g;
/** Any name of a command, wherever it stands: what the sources may send. */
const NAMED = /['"]([A-Z]{3,})['"]/g;

/** What is sent where these words stand: subscriptions and transactions are written by the driver. */
const SENT_BY_THE_DRIVER = /** @type {readonly (readonly [RegExp, readonly string[]])[]} */ ([
  [/defineScript\(/, ['EVAL', 'EVALSHA']],
  [/\.transaction\(/, ['MULTI', 'EXEC']],
  [/[fF]eed|[cC]hannel/, subscriptions],
]);

/** @param {import('../workspace.mjs').Workspace} workspace @returns {import('../workspace.mjs').Finding[]} */
export function aclLine(workspace) {
  const shared = workspace.packages.filter(({ kind }) => kind === 'machinery' || kind === 'core');
  return workspace.packages
    .filter(({ kind, stub }) => kind === 'pattern' && !stub)
    .flatMap((owner) => check(owner, shared));
}

/**
 * @param {import('../workspace.mjs').WorkspacePackage} owner
 * @param {readonly import('../workspace.mjs').WorkspacePackage[]} shared whose commands it may send besides its own
 */
function check(owner, shared) {
  const path = `${owner.folder}/README.md`;
  const lines = owner.files.find((file) => file.path === path)?.text.split('\n') ?? [];
  const at = lines.findIndex((line) => / ACL: /.test(line));
  const line = lines[at];
  if (line === undefined)
    return [finding(path, 1, 'no line grants what the package sends: `… ACL: `~keys +command …``')];
  const rules = grantedRules(line.slice(line.indexOf(' ACL: ')));
  const granted = new Set(rules.filter((rule) => /^\+[^@]/.test(rule)).map(commandOf));
  const own = sourcesOf(owner);
  const sent = new Set(own.flatMap((text) => [...names(text, CALLED), ...names(text, BUILT)]));
  const may = new Set(
    [own, ...shared.map(sourcesOf)].flat().flatMap((text) => [...names(text, NAMED), ...names(text, CALLED)]),
  );
  for (const [words, commands] of SENT_BY_THE_DRIVER) {
    if (own.some((text) => words.test(text))) for (const command of commands) may.add(command);
  }
  const findings = sweepingRules(rules).map((rule) =>
    finding(path, at + 1, `the ACL line grants '${rule}': name the commands and keys`),
  );
  for (const command of [...sent].sort()) {
    if (!granted.has(command))
      findings.push(finding(path, at + 1, `the ACL line does not grant ${command}, which is sent`));
  }
  for (const command of [...granted].sort()) {
    if (!may.has(command))
      findings.push(finding(path, at + 1, `the ACL line grants ${command}, which nothing sends`));
  }
  return findings;
}

/** `+client|id` is of CLIENT. @param {string} rule */
function commandOf(rule) {
  return (rule.slice(1).split('|')[0] ?? '').toUpperCase();
}

/** @param {import('../workspace.mjs').WorkspacePackage} owner */
function sourcesOf(owner) {
  return owner.files
    .filter(({ path }) => path.startsWith(`${owner.folder}/src/`))
    .map(({ path, code, text }) => (path.endsWith('.lua') ? text.replace(/--.*$/gm, '') : code));
}

/** @param {string} text @param {RegExp} pattern */
function names(text, pattern) {
  return [...text.matchAll(pattern)].map(([, name = '']) => name.toUpperCase());
}

/** @param {string} path @param {number} line @param {string} message */
function finding(path, line, message) {
  return { path, line, rule: RULE, message };
}
