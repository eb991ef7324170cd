// Reads the workspace once: every text file, and every package with its manifest. Rules only look at what this gives.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { blankSource } from './blank-source.mjs';
import { readImports } from './imports.mjs';

/**
 * @typedef {object} Finding
 * @property {string} path relative to the root, with forward slashes
 * @property {number} line
 * @property {string} rule
 * @property {string} message
 * @property {boolean} [note] worth a look, refuses nothing
 */
/**
 * @typedef {object} TextFile
 * @property {string} path relative to the root
 * @property {string} text
 * @property {string} code comments blanked; the text itself for what is not TypeScript or JavaScript
 * @property {string} bare comments and strings blanked
 * @property {readonly import('./imports.mjs').Import[]} imports
 */
/**
 * @typedef {object} Manifest
 * @property {string} name
 * @property {boolean} [private]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [devDependencies]
 * @property {Record<string, string>} [peerDependencies]
 * @property {Record<string, unknown>} [exports]
 * @property {{ access?: string, exports?: Record<string, unknown> }} [publishConfig]
 */
/**
 * @typedef {object} WorkspacePackage
 * @property {string} folder relative to the root: `packages/locks`
 * @property {string} name
 * @property {Kind} kind
 * @property {boolean} stub its index exports nothing yet
 * @property {Manifest & Record<string, unknown>} manifest
 * @property {readonly TextFile[]} files
 */
/** @typedef {'core' | 'driver' | 'lua' | 'memory' | 'testing' | 'machinery' | 'pattern' | 'tool' | 'app'} Kind */
/**
 * @typedef {object} Workspace
 * @property {string} root
 * @property {readonly TextFile[]} files
 * @property {readonly WorkspacePackage[]} packages
 * @property {Record<string, unknown>} manifest the root's
 * @property {ReadonlySet<string>} catalog names with a pinned version in pnpm-workspace.yaml
 */

const SKIPPED_FOLDERS = new Set(['node_modules', 'dist', 'coverage', '.git', '.turbo', '.penknife']);
const TEXT = /\.(?:[cm]?[jt]sx?|jsonc?|ya?ml|md|lua|sh|html|css|svg|txt|toml)$/;
const SCRIPT = /\.[cm]?[jt]sx?$/;
const NAMED_KINDS = /** @type {Record<string, Kind>} */ ({
  core: 'core',
  lua: 'lua',
  testing: 'testing',
  machinery: 'machinery',
  'driver-memory': 'memory',
});

/** @param {string} root an absolute folder @returns {Workspace} */
export function readWorkspace(root) {
  const files = readFiles(root, '');
  const packages = ['packages', 'apps', 'tools'].flatMap((group) => readGroup(root, group, files));
  return {
    root,
    files,
    packages,
    manifest: readJson(join(root, 'package.json')),
    catalog: readCatalog(root),
  };
}

/** @param {string} root @param {string} folder @returns {TextFile[]} */
function readFiles(root, folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return SKIPPED_FOLDERS.has(entry.name) ? [] : readFiles(root, path);
    // In a second working tree `.git` is a file.
    if (!entry.isFile() || SKIPPED_FOLDERS.has(entry.name) || !isText(join(root, path))) return [];
    const text = readFileSync(join(root, path), 'utf8');
    if (!SCRIPT.test(path)) return [{ path, text, code: text, bare: text, imports: [] }];
    const { code, bare } = blankSource(text);
    return [{ path, text, code, bare, imports: readImports({ code, bare }) }];
  });
}

/** @param {string} path */
function isText(path) {
  if (TEXT.test(path)) return true;
  return (extname(path) === '' || basename(path).startsWith('.')) && statSync(path).size < 200_000;
}

/** @param {string} root @param {string} group @param {TextFile[]} files @returns {WorkspacePackage[]} */
function readGroup(root, group, files) {
  if (!existsSync(join(root, group))) return [];
  return readdirSync(join(root, group)).flatMap((name) => {
    const folder = `${group}/${name}`;
    if (!existsSync(join(root, folder, 'package.json'))) return [];
    const manifest = readJson(join(root, folder, 'package.json'));
    const own = files.filter((file) => file.path.startsWith(`${folder}/`));
    const index = own.find((file) => file.path === `${folder}/src/index.ts`);
    const stub = index !== undefined && /^\s*export\s*\{\s*\};?\s*$/.test(index.code);
    return [{ folder, name: manifest.name, kind: kindOf(group, name), stub, manifest, files: own }];
  });
}

/** @param {string} group @param {string} name @returns {Kind} */
function kindOf(group, name) {
  if (group === 'apps') return 'app';
  if (group === 'tools') return 'tool';
  return NAMED_KINDS[name] ?? (name.startsWith('driver-') ? 'driver' : 'pattern');
}

/** @param {string} path @returns {Manifest & Record<string, unknown>} */
function readJson(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : { name: '' };
}

/** @param {string} root */
function readCatalog(root) {
  const path = join(root, 'pnpm-workspace.yaml');
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const block = /^catalog:\n((?:[ \t]+.*\n?)*)/m.exec(text)?.[1] ?? '';
  return new Set(Array.from(block.matchAll(/^\s+["']?([^"':\n]+)["']?:/gm), (match) => match[1] ?? ''));
}

/** What part of its package a file is: `src` ships, `test` proves, `other` configures. @param {WorkspacePackage} owner @param {TextFile} file */
export function partOf(owner, file) {
  const inside = file.path.slice(owner.folder.length + 1);
  if (/^test\/|\.test(?:-d)?\.ts$|\.suite\.ts$|\.bench\.ts$/.test(inside)) return 'test';
  return inside.startsWith('src/') ? 'src' : 'other';
}

/** The line of the first match in a text, or 1. @param {string} text @param {string} needle */
export function lineOf(text, needle) {
  const at = text.indexOf(needle);
  return at < 0 ? 1 : text.slice(0, at).split('\n').length;
}
