import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Finding, Workspace } from '../workspace.mjs';
import { readWorkspace } from '../workspace.mjs';

type Files = Record<string, string | object>;

/** A manifest that every rule accepts, for `packages/<folder>`; `changes` replaces fields. */
export function manifest(folder: string, changes: object = {}): object {
  const published = {
    '.': { types: './dist/index.d.ts', default: './dist/index.js' },
    './package.json': './package.json',
  };
  return {
    name: `@penknife/${folder}`,
    version: '0.0.0',
    description: 'One sentence that says what it is.',
    license: 'MIT',
    repository: { type: 'git', directory: `packages/${folder}` },
    type: 'module',
    sideEffects: false,
    files: ['dist', 'README.md'],
    engines: { node: '>=20.19.0' },
    exports: { ...published, '.': { '@penknife/source': './src/index.ts', ...published['.'] } },
    publishConfig: { access: 'public', exports: published },
    scripts: { build: 'tsup', typecheck: 'tsc --noEmit' },
    ...changes,
  };
}

const BASE: Files = {
  'package.json': { name: 'penknife', license: 'MIT', engines: { node: '>=20.19.0' } },
  'pnpm-workspace.yaml':
    'packages: [packages/*]\ncatalog:\n  redis: 6.3.1\n  "@types/node": 20.19.43\nother: 1\n',
  'packages/core/package.json': manifest('core'),
  'packages/core/src/index.ts': 'export const one = 1;\n',
  'packages/core/README.md': '## Install\n## Example\n## Guarantees\n## Not guaranteed\n',
};

/** Writes a small clean workspace plus the given files to a temporary folder, and reads it. */
function plantWorkspace(files: Files): Workspace {
  const root = mkdtempSync(join(tmpdir(), 'structure-'));
  try {
    for (const [path, content] of Object.entries({ ...BASE, ...files })) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(
        join(root, path),
        typeof content === 'string' ? content : JSON.stringify(content, null, 2),
      );
    }
    return readWorkspace(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** What a rule says about a planted workspace, one `path:line message` each. */
export function findingsOf(rule: (workspace: Workspace) => Finding[], files: Files): string[] {
  return rule(plantWorkspace(files)).map(
    ({ path, line, message, note }) => `${path}:${line} ${note ? 'note: ' : ''}${message}`,
  );
}
