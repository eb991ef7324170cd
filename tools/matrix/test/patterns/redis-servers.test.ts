import { describe, expect, it } from 'vitest';
import { ioredisClient, nodeRedisClient, singleColumn } from '../../src/index.js';
import { fullTier } from '../contract/run-in-columns.js';
import { mainSuites, suiteFilesOf } from './pattern-suites.js';
import { patterns, runPatterns, soaks } from './run-patterns.js';

await runPatterns([
  { column: singleColumn(nodeRedisClient, 'redis-8.0'), whole: true },
  ...(fullTier ? [{ column: singleColumn(ioredisClient, 'redis-8.6'), whole: true }] : []),
]);

describe('the lists of suites', () => {
  it('name files that are there, and one main suite a pattern', () => {
    const files = patterns.flatMap((name) => suiteFilesOf(name).map((file) => `${name}/${file}`));
    expect([...mainSuites, ...soaks].filter((file) => !files.includes(file))).toEqual([]);
    expect(new Set(patterns).size).toBe(mainSuites.size);
  });
});
