import { describe, expect, it } from 'vitest';
import { simulate } from '../src/index.js';
import { resolvePolicy } from '../src/policy/resolve-policy.js';

const cases: readonly [text: string, algorithm: string, limit: number, windowMs: number, capacity: number][] =
  [
    ['100/min burst 20', 'gcra', 100, 60_000, 20],
    ['100/min', 'gcra', 100, 60_000, 100],
    ['10/s', 'gcra', 10, 1000, 10],
    ['10/sec', 'gcra', 10, 1000, 10],
    ['7/250ms', 'gcra', 7, 250, 7],
    ['5/m', 'gcra', 5, 60_000, 5],
    ['5/h', 'gcra', 5, 3_600_000, 5],
    ['5/hour', 'gcra', 5, 3_600_000, 5],
    ['10000/d', 'gcra', 10_000, 86_400_000, 10_000],
    ['10000/2day', 'gcra', 10_000, 172_800_000, 10_000],
    ['gcra 3/2s burst 9', 'gcra', 3, 2000, 9],
    ['leaky-bucket 2/s burst 4', 'leaky-bucket', 2, 1000, 4],
    ['token-bucket 10/s burst 50', 'token-bucket', 10, 1000, 50],
    ['fixed-window 100/15m', 'fixed-window', 100, 900_000, 100],
    ['sliding-window-counter 100/30s', 'sliding-window-counter', 100, 30_000, 100],
    ['sliding-window-log 100/15min', 'sliding-window-log', 100, 900_000, 100],
    ['concurrency 5', 'concurrency', 5, 30_000, 5],
    ['concurrency 5 lease 10s', 'concurrency', 5, 10_000, 5],
    ['concurrency 5 lease 2h', 'concurrency', 5, 7_200_000, 5],
  ];

/** What nobody may take for something else. */
const refused: readonly string[] = [
  '100 /min',
  '100/ min',
  '100/min burst',
  '100/min burst 0',
  '100/min burst 2.5',
  '1e3/s',
  '+5/s',
  '100/min burst 20 ',
  ' 100/min',
  '100/w',
  '100/min\nburst 20',
  'GCRA 100/min',
  'bucket 100/min',
  'fixed-window 100/min burst 20',
  'concurrency 5/s',
  'concurrency 5 lease',
  'concurrency 5 lease 10',
  'concurrency 5 lease 1ms',
  'concurrency 0',
  '99999999999999999999/s',
];

describe('a policy as text', () => {
  for (const [text, algorithm, limit, windowMs, capacity] of cases)
    it(text, () =>
      expect(resolvePolicy(text as '1/s')).toMatchObject({ algorithm, limit, windowMs, capacity }),
    );

  for (const text of refused)
    it(`refused: ${JSON.stringify(text)}`, () =>
      expect(() => resolvePolicy(text as '1/s')).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
      ));

  it('text and object are the same policy', () => {
    const trace = Array.from({ length: 40 }, (_, i) => ({ atMs: i * 1000 }));
    const policy = { limit: 10, window: '1m', burst: 3 } as const;
    expect(simulate('10/min burst 3', trace)).toEqual(simulate(policy, trace));
  });
});
