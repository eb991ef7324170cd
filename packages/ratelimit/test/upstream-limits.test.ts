import { describe, expect, it } from 'vitest';
import { upstreamBackoffMs } from '../src/index.js';

const now = Date.UTC(2026, 10, 27, 12);
const cases: readonly [says: string, status: number, headers: Record<string, string>, ms: number | null][] = [
  ['nothing', 200, {}, 0],
  ['a refusal that does not say how long', 429, {}, null],
  ['seconds', 429, { 'retry-after': '7' }, 7000],
  [
    'a date, against the upstream’s own clock',
    503,
    {
      'retry-after': 'Fri, 27 Nov 2026 13:00:30 GMT',
      date: 'Fri, 27 Nov 2026 13:00:00 GMT',
    },
    30_000,
  ],
  ['a date, against ours', 503, { 'retry-after': 'Fri, 27 Nov 2026 12:00:05 GMT' }, 5000],
  ['rubbish', 429, { 'retry-after': 'soon' }, null],
  ['draft-11: the exhausted policy counts', 200, { ratelimit: '"burst";r=0;t=3, "day";r=900;t=4000' }, 3000],
  ['draft-11: something left', 200, { ratelimit: '"burst";r=1;t=3' }, 0],
  ['draft-7', 200, { ratelimit: 'limit=10, remaining=0, reset=8' }, 8000],
  ['draft-6', 200, { 'ratelimit-remaining': '0', 'ratelimit-reset': '4' }, 4000],
  [
    'X- in seconds since 1970',
    403,
    { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now / 1000 + 9) },
    9000,
  ],
  ['Retry-After wins', 429, { 'retry-after': '2', ratelimit: '"a";r=0;t=50' }, 2000],
];

describe('what an upstream says', () => {
  for (const [says, status, headers, ms] of cases) {
    it(says, () => expect(upstreamBackoffMs({ status, headers: new Headers(headers) }, now)).toBe(ms));
  }
});
