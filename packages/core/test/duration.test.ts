import { describe, expect, it } from 'vitest';
import { backoffMs, durationMs } from '../src/index.js';

describe('durationMs', () => {
  it('reads numbers and text', () => {
    expect(durationMs(250, 'ttlMs')).toBe(250);
    expect(durationMs('250ms', 'ttl')).toBe(250);
    expect(durationMs('1.5s', 'ttl')).toBe(1500);
    expect(durationMs('7d', 'ttl')).toBe(604_800_000);
  });

  it('refuses everything else, naming argument, rule and value', () => {
    const bad = [
      -1,
      0.5,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      '5',
      '5 s',
      '-1s',
      '0.0001s',
      '',
      null,
      undefined,
      {},
    ];
    for (const value of bad)
      expect(() => durationMs(value as never, 'ttl')).toThrow(/^ttl must be a duration of 0 to/);
    expect(() => durationMs(5, 'ttl', { minMs: 10 })).toThrow('10 to');
    expect(() => durationMs('9999999d', 'ttl')).toThrow('given: "9999999d"');
  });
});

describe('backoffMs', () => {
  const random = (fraction: number) => ({ fraction: () => fraction, bytes: () => new Uint8Array() });

  it('grows to its cap, jittered as told', () => {
    const options = { baseMs: 100, maxMs: 1000 };
    const plain = [1, 2, 3, 4, 5, 60].map((n) => backoffMs({ ...options, jitter: 'none' }, n, random(0)));
    expect(plain).toEqual([100, 200, 400, 800, 1000, 1000]);
    expect(backoffMs(options, 3, random(0.5))).toBe(200);
    expect(backoffMs({ ...options, jitter: 'equal' }, 3, random(0.5))).toBe(300);
  });
});
