import { InvalidArgumentError } from '../errors/invalid-argument-error.js';

/** A span of time: milliseconds, or text such as `'250ms'`, `'30s'`, `'5m'`, `'2h'`, `'7d'`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const form = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** The span in whole milliseconds within [minMs, maxMs]; `InvalidArgumentError` for anything else. */
export function durationMs(
  value: Duration,
  argument: string,
  bounds: { readonly minMs?: number; readonly maxMs?: number } = {},
): number {
  const { minMs = 0, maxMs = 10 * 365 * 86_400_000 } = bounds;
  const match = typeof value === 'string' ? form.exec(value) : null;
  const ms = match ? Number(match[1]) * (units[match[2] ?? ''] ?? Number.NaN) : value;
  if (typeof ms !== 'number' || !Number.isFinite(ms) || !Number.isInteger(ms) || ms < minMs || ms > maxMs) {
    throw new InvalidArgumentError(
      argument,
      `must be a duration of ${minMs} to ${maxMs} whole milliseconds, as a number or like '30s'`,
      value,
    );
  }
  return ms;
}
