// Text that belongs to one machine: absolute paths of a developer's disk, and the host of a package registry.
import { lineAt } from '../blank-source.mjs';

const BEFORE = /(?<![\w.})\]/*-])/.source;
const MACHINE_PATH = new RegExp(
  `${BEFORE}/(?:work|root|home/(?!linuxbrew/)[\\w-]+|Users/[\\w-]+)/[\\w.@-]`,
  'g',
);
const TEMPORARY_PATH = new RegExp(`${BEFORE}/(?:var/)?tmp/[\\w.@-]`, 'g');
const REGISTRY =
  /\b(?:registry|npm|artifactory|nexus|verdaccio)\.[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:org|com|net|io|dev|cn|local|internal|corp)\b|\/(?:api|repository)\/npm[\w-]*\//gi;

/** @param {import('../workspace.mjs').Workspace} workspace @returns {import('../workspace.mjs').Finding[]} */
export function unwantedText(workspace) {
  return workspace.files.flatMap((file) => [
    ...matches(file, MACHINE_PATH, 'a path of one machine'),
    ...(isShipped(file.path)
      ? matches(file, TEMPORARY_PATH, 'a path of one machine; ask node:os for the temporary folder')
      : []),
    ...matches(file, REGISTRY, 'the host of a package registry'),
  ]);
}

/** Tests and tools may speak of temporary files; what users read or install may not. @param {string} path */
function isShipped(path) {
  return /^packages\/[^/]+\/(?:src\/|README\.md$)/.test(path) || /^(?:docs\/|README\.md$)/.test(path);
}

/** @param {import('../workspace.mjs').TextFile} file @param {RegExp} pattern @param {string} message */
function matches(file, pattern, message) {
  return Array.from(file.text.matchAll(pattern), (match) => ({
    path: file.path,
    line: lineAt(file.text, match.index),
    rule: 'unwanted-text',
    message: `'${match[0]}': ${message}`,
  }));
}
