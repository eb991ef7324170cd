// A README answers the same questions in the same order. Other sections may stand between them.
import { headings } from '../readme.mjs';

const PATTERN = [
  'Install',
  'Example',
  'Guarantees',
  'Not guaranteed',
  'When not to use it',
  'Keys',
  'Options',
  'Errors',
];
const OTHER = ['Install', 'Example', 'Guarantees', 'Not guaranteed'];

/** @param {import('../workspace.mjs').Workspace} workspace @returns {import('../workspace.mjs').Finding[]} */
export function readmeSections(workspace) {
  return workspace.packages
    .filter((owner) => owner.folder.startsWith('packages/') && owner.manifest.private !== true && !owner.stub)
    .flatMap((owner) => {
      const path = `${owner.folder}/README.md`;
      const readme = owner.files.find((file) => file.path === path);
      if (readme === undefined)
        return [finding(`${owner.folder}/package.json`, 1, 'a published package has a README.md')];
      return missingSections(readme, owner.kind === 'pattern' ? PATTERN : OTHER);
    });
}

/** @param {import('../workspace.mjs').TextFile} readme @param {readonly string[]} wanted */
function missingSections(readme, wanted) {
  const sections = headings(readme.text);
  let after = 0;
  return wanted.flatMap((title) => {
    const found = sections.find((section) => section.title === title);
    if (found === undefined) return [finding(readme.path, 1, `section '## ${title}' is missing`)];
    if (found.line < after)
      return [
        finding(readme.path, found.line, `section '## ${title}' is out of order: ${wanted.join(', ')}`),
      ];
    after = found.line;
    return [];
  });
}

/** @param {string} path @param {number} line @param {string} message */
function finding(path, line, message) {
  return { path, line, rule: 'readme-sections', message };
}
