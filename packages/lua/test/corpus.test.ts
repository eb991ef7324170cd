import { describe, expect, it } from 'vitest';
import { createLuaEngine, type HostReply } from '../src/index.js';
import { corpus } from './corpus/index.js';
import { evaluate } from './support/evaluate.js';

describe.each(['generate', 'interpret'] as const)('replies of a real server, mode %s', (mode) => {
  it.each(Object.entries(corpus))('%s', (_topic, cases) => {
    const engine = createLuaEngine({ mode });
    const different: { script: string; expected: HostReply; actual: HostReply }[] = [];
    for (const { script, keys, argv, expected } of cases) {
      const actual = evaluate(engine, script, keys, argv);
      try {
        expect(actual).toStrictEqual(expected);
      } catch {
        different.push({ script, expected, actual });
      }
    }
    expect(different).toEqual([]);
    expect(cases.length).toBeGreaterThan(10);
  });
});
