import { createHmac } from 'node:crypto';
import { InvalidArgumentError } from '@penknife/core';
import type { RateLimitResult } from '../result.js';

/**
 * Which fields an answer carries. `draft-11`: `RateLimit` and `RateLimit-Policy` of draft-ietf-httpapi-ratelimit-headers-11
 * (as since -08). `draft-7`: one combined `RateLimit` with limit, remaining and reset. `draft-6`: three `RateLimit-…` fields.
 * `x-ratelimit`: `X-RateLimit-Limit`, `-Remaining`, and `-Reset` in seconds since 1970. The older ones name one policy: the
 * one that binds.
 */
export type HeaderGeneration = 'draft-11' | 'draft-7' | 'draft-6' | 'x-ratelimit';

/** What quotas count, for clients to read. */
export type QuotaUnit = 'requests' | 'content-bytes' | 'concurrent-requests';

/** How fields are written. */
export interface HeaderOptions {
  /** Default `'draft-11'`; several are written side by side, none for an empty list. */
  readonly headers?: HeaderGeneration | readonly HeaderGeneration[];
  /** Secret with which identifiers are hashed into the partition key `pk`; without one it is left out. */
  readonly partitionKeySecret?: string;
  /** Default `requests`; `concurrent-requests` for concurrency limits. Written only when it is another than `requests`. */
  readonly quotaUnit?: QuotaUnit;
}

/** A header field. */
export type HeaderField = readonly [name: string, value: string];

/** A result with the identifier it is about. */
export interface LimitedIdentifier {
  readonly identifier: string;
  readonly result: RateLimitResult;
  /** Whether the policy counts units in use, not per time. */
  readonly concurrent: boolean;
}

/** Writes the fields of results; the first is the one that binds. */
export type FieldWriter = (results: readonly LimitedIdentifier[], nowMs: number) => HeaderField[];

const generations: readonly string[] = ['draft-11', 'draft-7', 'draft-6', 'x-ratelimit'];

/** Makes the writer. Values are whole seconds, rounded up: who waits as long as they say is not early. */
export function headerFields(options: HeaderOptions): FieldWriter {
  const { headers = 'draft-11', partitionKeySecret, quotaUnit } = options;
  const wanted = [headers].flat() as readonly HeaderGeneration[];
  for (const generation of wanted) {
    if (!generations.includes(generation))
      throw new InvalidArgumentError('headers', `must be one of ${generations.join(', ')}`, generation);
  }
  const partition = (identifier: string): string => {
    if (partitionKeySecret === undefined) return '';
    const hash = createHmac('sha256', partitionKeySecret).update(identifier, 'utf16le').digest();
    return `;pk=:${hash.subarray(0, 12).toString('base64')}:`;
  };
  const unitOf = (concurrent: boolean): string => {
    const unit = quotaUnit ?? (concurrent ? 'concurrent-requests' : 'requests');
    return unit === 'requests' ? '' : `;qu="${unit}"`;
  };

  /** What an item of `RateLimit-Policy` says is the same from request to request: the last one is kept. */
  let written = { policy: '', limit: 0, windowMs: 0, concurrent: false, item: '' };
  function policyItem({ result, concurrent }: LimitedIdentifier): string {
    const { policy, limit, windowMs } = result;
    if (
      written.policy !== policy ||
      written.limit !== limit ||
      written.windowMs !== windowMs ||
      written.concurrent !== concurrent
    ) {
      const item = `"${policy}";q=${limit}${windowOf(result, concurrent)}${unitOf(concurrent)}`;
      written = { policy, limit, windowMs, concurrent, item };
    }
    return written.item;
  }

  function current(results: readonly LimitedIdentifier[]): HeaderField[] {
    let policies = '';
    let limits = '';
    for (const one of results) {
      const { result } = one;
      const comma = limits === '' ? '' : ', ';
      const pk = partition(one.identifier);
      policies += `${comma}${policyItem(one)}${pk}`;
      limits += `${comma}"${result.policy}";r=${result.remaining};t=${secondsLeft(result)}${pk}`;
    }
    return [
      ['ratelimit-policy', policies],
      ['ratelimit', limits],
    ];
  }

  return (results, nowMs) => {
    const first = results[0];
    if (first === undefined) return [];
    const { result } = first;
    const { limit, remaining } = result;
    const reset = secondsLeft(result);
    const window = Math.max(1, Math.ceil(result.windowMs / 1000));
    const fields: HeaderField[] = [];
    for (const generation of wanted) {
      if (generation === 'draft-11') fields.push(...current(results));
      if (generation === 'draft-7') {
        fields.push(['ratelimit-policy', `${limit};w=${window}`]);
        fields.push(['ratelimit', `limit=${limit}, remaining=${remaining}, reset=${reset}`]);
      }
      if (generation === 'draft-6') {
        fields.push(['ratelimit-policy', `${limit};w=${window}`], ['ratelimit-limit', String(limit)]);
        fields.push(['ratelimit-remaining', String(remaining)], ['ratelimit-reset', String(reset)]);
      }
      if (generation === 'x-ratelimit') {
        fields.push(['x-ratelimit-limit', String(limit)], ['x-ratelimit-remaining', String(remaining)]);
        fields.push(['x-ratelimit-reset', String(Math.ceil(nowMs / 1000) + reset)]);
      }
    }
    return fields;
  };
}

/** Seconds until it is worth asking again when denied, until everything is there again otherwise. */
function secondsLeft({ allowed, retryAfterMs, resetMs }: RateLimitResult): number {
  return Math.ceil((allowed ? resetMs : (retryAfterMs ?? resetMs)) / 1000);
}

/** The window in whole seconds. One that has none is left out: a wrong one would mislead. */
function windowOf({ windowMs }: RateLimitResult, concurrent: boolean): string {
  return concurrent || windowMs % 1000 !== 0 ? '' : `;w=${windowMs / 1000}`;
}
