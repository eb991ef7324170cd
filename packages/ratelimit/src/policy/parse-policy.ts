import { InvalidArgumentError } from '@penknife/core';
import type { Policy } from './policy.js';

const rate =
  /^(?:(gcra|leaky-bucket|token-bucket|fixed-window|sliding-window-counter|sliding-window-log) )?(\d+)\/(\d*)(ms|s|sec|m|min|h|hour|d|day)(?: burst (\d+))?$/;
const concurrency = /^concurrency (\d+)(?: lease (\d+)(ms|s|m|h))?$/;
const milliseconds: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  sec: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
};

/** Reads a policy's text: `[algorithm ]limit/[count]unit[ burst n]` or `concurrency limit[ lease n unit]`. */
export function parsePolicy(text: string): Exclude<Policy, string> {
  const leases = concurrency.exec(text);
  if (leases !== null) {
    const [, limit, count, unit] = leases;
    return {
      algorithm: 'concurrency',
      limit: Number(limit),
      ...(count !== undefined && { lease: Number(count) * (milliseconds[unit ?? ''] ?? Number.NaN) }),
    };
  }
  const match = rate.exec(text);
  if (match === null) {
    throw new InvalidArgumentError(
      'policy',
      "must read like '100/min', '10/s burst 3', 'sliding-window-log 1000/15m' or 'concurrency 5 lease 10s'",
      text,
    );
  }
  const [, algorithm = 'gcra', limit, count, unit, burst] = match;
  return {
    algorithm,
    limit: Number(limit),
    window: Number(count || 1) * (milliseconds[unit ?? ''] ?? Number.NaN),
    ...(burst !== undefined && { burst: Number(burst) }),
  } as Exclude<Policy, string>;
}
