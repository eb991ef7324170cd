import fc from 'fast-check';
import { type Item, parseDictionary, parseList } from 'structured-headers';
import { describe, expect, it } from 'vitest';
import { headerFields, type LimitedIdentifier } from '../../src/http/header-fields.js';
import type { RateLimitResult } from '../../src/index.js';

const allowed: RateLimitResult = {
  allowed: true,
  reason: null,
  remaining: 7,
  retryAfterMs: 0,
  resetMs: 2400,
  delayMs: 0,
  policy: 'api.second',
  limit: 10,
  windowMs: 60_000,
  capacity: 10,
  receipt: 'x',
  cost: 1,
  source: 'server',
};
const limited = (result: Partial<RateLimitResult> = {}, identifier = 'a'): LimitedIdentifier => ({
  identifier,
  result: { ...allowed, ...result },
  concurrent: false,
});

/** The items of a list field, by an independent parser of RFC 9651. */
function items(field: string): { name: unknown; parameters: Record<string, unknown> }[] {
  return (parseList(field) as Item[]).map(([name, parameters]) => ({
    name,
    parameters: Object.fromEntries(parameters),
  }));
}

describe('header fields', () => {
  it('draft-11: one string item a policy, with q and w, and one a limit, with r and t', () => {
    const day = limited({ policy: 'api.day', limit: 1000, windowMs: 86_400_000, remaining: 900, resetMs: 1 });
    const fields = new Map(headerFields({})([limited(), day], 0));
    expect(items(fields.get('ratelimit-policy') ?? '')).toEqual([
      { name: 'api.second', parameters: { q: 10, w: 60 } },
      { name: 'api.day', parameters: { q: 1000, w: 86_400 } },
    ]);
    expect(items(fields.get('ratelimit') ?? '')).toEqual([
      { name: 'api.second', parameters: { r: 7, t: 3 } },
      { name: 'api.day', parameters: { r: 900, t: 1 } },
    ]);
  });

  it('property: whatever the result, the fields parse, hold whole numbers, and never say zero seconds too early', () => {
    const results = fc.record({
      allowed: fc.boolean(),
      remaining: fc.nat(),
      resetMs: fc.nat(),
      retryAfterMs: fc.option(fc.nat()),
      limit: fc.integer({ min: 1, max: 1e9 }),
      windowMs: fc.integer({ min: 1, max: 8_640_000_000 }),
      policy: fc.stringMatching(/^[A-Za-z0-9_.-]{1,64}$/),
    });
    fc.assert(
      fc.property(results, fc.string({ minLength: 1 }), (result, identifier) => {
        const write = headerFields({ partitionKeySecret: 'secret', quotaUnit: 'content-bytes' });
        const fields = new Map(write([limited(result, identifier)], 0));
        const [policy] = items(fields.get('ratelimit-policy') ?? '');
        expect(policy?.name).toBe(result.policy);
        expect(policy?.parameters).toMatchObject({ q: result.limit, qu: 'content-bytes' });
        const w = policy?.parameters.w;
        if (w !== undefined) expect(Number(w) * 1000).toBe(result.windowMs);
        const [limit] = items(fields.get('ratelimit') ?? '');
        expect(limit?.parameters.r).toBe(result.remaining);
        const waitMs = result.allowed ? result.resetMs : (result.retryAfterMs ?? result.resetMs);
        expect(Number(limit?.parameters.t) * 1000).toBeGreaterThanOrEqual(waitMs);
      }),
    );
  });

  it('the partition key is the hash of the identifier: the same for the same, and never the identifier', () => {
    const write = headerFields({ partitionKeySecret: 'secret' });
    const key = (identifier: string): string => {
      const field = new Map(write([limited({}, identifier)], 0)).get('ratelimit') ?? '';
      const pk = items(field)[0]?.parameters.pk;
      return Buffer.from(pk as ArrayBuffer).toString('hex');
    };
    expect(key('user:42')).toBe(key('user:42'));
    expect(key('user:42')).toHaveLength(24);
    expect(key('user:42')).not.toBe(key('user:43'));
    expect(headerFields({ partitionKeySecret: 's' })([limited({}, 'user:42')], 0).join()).not.toContain(
      'user',
    );
  });

  it('a window that has no whole seconds is left out, and units in use have none', () => {
    const policyOf = (one: LimitedIdentifier): string =>
      new Map(headerFields({})([one], 0)).get('ratelimit-policy') ?? '';
    expect(items(policyOf(limited({ windowMs: 500 })))[0]?.parameters).toEqual({ q: 10 });
    expect(items(policyOf({ ...limited(), concurrent: true }))[0]?.parameters).toEqual({
      q: 10,
      qu: 'concurrent-requests',
    });
  });

  it('the older generations name the policy that binds, side by side when asked', () => {
    const fields = headerFields({ headers: ['draft-6', 'x-ratelimit'] })([limited()], 1_000_000);
    expect(Object.fromEntries(fields)).toEqual({
      'ratelimit-policy': '10;w=60',
      'ratelimit-limit': '10',
      'ratelimit-remaining': '7',
      'ratelimit-reset': '3',
      'x-ratelimit-limit': '10',
      'x-ratelimit-remaining': '7',
      'x-ratelimit-reset': '1003',
    });
    const seven = new Map(headerFields({ headers: 'draft-7' })([limited()], 0)).get('ratelimit') ?? '';
    expect([...parseDictionary(seven)].map(([name, item]) => [name, item[0]])).toEqual([
      ['limit', 10],
      ['remaining', 7],
      ['reset', 3],
    ]);
    expect(headerFields({ headers: [] })([limited()], 0)).toEqual([]);
    expect(() => headerFields({ headers: 'draft-9' as never })).toThrow(/headers must be one of/);
  });
});
