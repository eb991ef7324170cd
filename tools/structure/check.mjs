// Checks the rules of the house over the whole workspace: `node tools/structure/check.mjs [root]`.
// One line a finding: `path:line rule message`. Exit code 1 when anything is refused; notes refuse nothing.
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rules } from './rules.mjs';
import { readWorkspace } from './workspace.mjs';

const root = resolve(process.argv[2] ?? resolve(dirname(fileURLToPath(import.meta.url)), '../..'));
const workspace = readWorkspace(root);
const findings = rules
  .flatMap((rule) => rule(workspace))
  .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line));

for (const { path, line, rule, message, note } of findings) {
  console.log(`${path}:${line} ${rule} ${note ? 'note: ' : ''}${message}`);
}
const notes = findings.filter((finding) => finding.note).length;
const refused = findings.length - notes;
console.log(
  `structure: ${refused} refused, ${notes} notes, ${workspace.files.length} files, ${workspace.packages.length} packages, ${rules.length} rules`,
);
if (workspace.packages.length === 0) console.log(`structure: no package found in ${root}`);
process.exitCode = refused > 0 || workspace.packages.length === 0 ? 1 : 0;
