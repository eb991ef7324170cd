import { describe, expect, it, vi } from 'vitest';
import {
  type Column,
  ioredis5Client,
  ioredisClient,
  nodeRedis5Client,
  nodeRedisClient,
  overMatrix,
  sentinelColumn,
  singleColumn,
} from '../../src/index.js';
import { fullTier } from '../contract/run-in-columns.js';
import { mainSuites, suiteFilesOf, suitesOf } from './pattern-suites.js';

// What leads to a server is the drivers' matter and held to their contract; here each pattern runs over it once.
vi.setConfig({ testTimeout: fullTier ? 180_000 : 40_000 });

/** A column, and whether every suite runs in it: other servers run scripts in their own way, other ways in do not. */
interface Further {
  readonly column: Column;
  readonly whole: boolean;
}

const everyday: readonly Further[] = [
  { column: singleColumn(nodeRedisClient, 'redis-8.0'), whole: false },
  { column: singleColumn(ioredisClient, 'valkey-8.1'), whole: false },
];
const everything: readonly Further[] = [
  { column: singleColumn(ioredisClient, 'redis-8.0'), whole: true },
  { column: singleColumn(nodeRedisClient, 'valkey-8.1'), whole: true },
  { column: singleColumn(nodeRedisClient, 'redis-8.6'), whole: true },
  { column: singleColumn(ioredisClient, 'valkey-9'), whole: true },
  { column: sentinelColumn(nodeRedisClient), whole: false },
  { column: sentinelColumn(ioredisClient), whole: false },
  { column: singleColumn(nodeRedis5Client), whole: false },
  { column: singleColumn(ioredis5Client), whole: false },
  { column: singleColumn(nodeRedisClient, undefined, 'TLS'), whole: false },
  { column: singleColumn(ioredisClient, undefined, 'unix socket'), whole: false },
];

const names = [...new Set([...mainSuites].map((file) => file.split('/')[0] ?? ''))];

for (const { column, whole } of fullTier ? everything : everyday) {
  for (const name of names) {
    const files = suiteFilesOf(name).filter((file) => whole || mainSuites.has(`${name}/${file}`));
    const suites = (await Promise.all(files.map((file) => suitesOf(name, file)))).flat();
    overMatrix(
      `${name}, ${whole ? 'every suite' : 'its main suite'}`,
      (context) => {
        for (const suite of suites) suite(context);
      },
      { columns: [column], slowLog: false },
    );
  }
}

describe('the main suites', () => {
  it('are files that are there, one a pattern', () => {
    expect(
      [...mainSuites].filter(
        (file) => !suiteFilesOf(file.split('/')[0] ?? '').includes(file.split('/').slice(1).join('/')),
      ),
    ).toEqual([]);
    expect(names).toHaveLength(mainSuites.size);
  });
});
