import { describe, expect, it } from 'vitest';
import { importLayers } from '../rules/import-layers.mjs';
import { findingsOf, manifest } from './planted-workspace.js';

const arena = { 'apps/arena/package.json': { name: '@penknife/arena', private: true } };

function source(folder: string, text: string, file = 'src/index.ts') {
  return findingsOf(importLayers, {
    ...arena,
    [`packages/${folder}/package.json`]: manifest(folder),
    [`packages/${folder}/${file}`]: text,
  });
}

describe('who may import whom', () => {
  it.each([
    ['core', "import x from 'ms';", 'may import nothing'],
    ['core', "export { x } from '@penknife/lua';", 'may import nothing'],
    ['driver-ioredis', "import type { Redis } from 'ioredis';", '@penknife/driver-ioredis imports ioredis'],
    ['driver-node-redis', "import('redis');", 'imports redis'],
    ['driver-ioredis', "import { x } from '@penknife/lua';", 'may import @penknife/core'],
    ['lua', "import { x } from '@penknife/core';", 'may import nothing'],
    ['testing', "import { x } from '@penknife/driver-memory';", 'may import @penknife/core'],
    ['locks', "import { x } from '@penknife/cache';", 'may import @penknife/core, @penknife/machinery'],
    ['locks', "import {\n  x,\n  y,\n} from 'ioredis';", 'imports ioredis'],
    ['locks', "import { x } from '@penknife/testing';", 'for tests only'],
    ['locks', "import { x } from '@penknife/matrix';", 'for tests only'],
    ['locks', "import { x } from '@penknife/arena/feature';", 'nothing imports apps'],
    ['locks', "import { x } from '../../core/src/index.js';", 'leaves packages/locks'],
    ['locks', "import { x } from '../test/suite.js';", 'a source imports a test'],
  ])('refuses in the sources of %s: %s', (folder, text, message) => {
    const findings = source(folder, `// head\n${text}\n`);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toContain(`packages/${folder}/src/index.ts:2 `);
    expect(findings[0]).toContain(message);
  });

  it('refuses an app in a test too, and otherwise lets tests import anything', () => {
    expect(source('locks', "import { x } from '@penknife/arena';", 'test/lock.test.ts')).toHaveLength(1);
    expect(
      source('locks', "import { x } from '@penknife/matrix';\nimport 'ioredis';", 'test/lock.test.ts'),
    ).toEqual([]);
  });

  it('lets apps and tools import anything but apps', () => {
    const text = "import { x } from '@penknife/redis-servers';\nimport 'ioredis';";
    expect(findingsOf(importLayers, { ...arena, 'apps/arena/src/main.ts': text })).toEqual([]);
    expect(
      findingsOf(importLayers, {
        ...arena,
        'apps/arena/src/main.ts': "import './a.js';\nimport '@penknife/arena';",
      }),
    ).toEqual([]);
  });

  it('accepts what each kind may import, and comments and strings that only look like imports', () => {
    expect(
      source('locks', "import { x } from '@penknife/core';\nimport m from '@penknife/machinery';"),
    ).toEqual([]);
    expect(source('driver-memory', "import { x } from '@penknife/lua';\nimport fs from 'node:fs';")).toEqual(
      [],
    );
    expect(source('core', "// import x from 'ms';\nconst text = \"import x from 'ms'\";")).toEqual([]);
  });
});
