import type { CloseReport, Consumer, ConsumerHealth } from './consumer-handle.js';

/** Several consumers as one; the read that is longest ago counts. */
export function healthOfAll(parts: readonly Consumer[], paused: boolean, lookAgeMs?: number): ConsumerHealth {
  const healths = parts.map((one) => one.health());
  const ages = [lookAgeMs ?? null, ...healths.map(({ lastReadAgeMs }) => lastReadAgeMs)];
  const known = ages.filter((age) => age !== null);
  const sum = (pick: (health: ConsumerHealth) => number): number =>
    healths.reduce((total, health) => total + pick(health), 0);
  return {
    lastReadAgeMs: known.length === 0 ? null : Math.max(...known),
    running: sum(({ running }) => running),
    waiting: sum(({ waiting }) => waiting),
    held: sum(({ held }) => held),
    paused,
  };
}

/** What became of what all of them held. */
export function reportOfAll(reports: readonly CloseReport[]): CloseReport {
  return {
    released: reports.reduce((sum, { released }) => sum + released, 0),
    handedOver: reports.reduce((sum, { handedOver }) => sum + handedOver, 0),
    removed: reports.every(({ removed }) => removed),
  };
}
