// The versions that the workspace itself is tested with.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './commands.mjs';

/** What the catalog of pnpm-workspace.yaml pins, or undefined. @param {string} name */
export function catalogVersion(name) {
  const text = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8');
  return new RegExp(`^ +["']?${name}["']?: *(\\S+)$`, 'm').exec(text)?.[1];
}
