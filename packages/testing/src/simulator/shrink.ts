import type { ScheduleOutcome, ScheduleRun } from './schedule.js';
import type { Decisions } from './tape.js';

/** Runs a schedule with these decisions; its outcome if it fails in the same way, else undefined. */
export type Retry = (decisions: Decisions) => Promise<ScheduleOutcome | undefined>;

/**
 * Looks for a schedule that fails in the same way with fewer faults: of what made one schedule fail, most is by chance.
 * Undefined when none is found within so many runs.
 */
export async function withFewerFaults<F extends ScheduleOutcome>(
  found: F,
  retry: (run: ScheduleRun) => Promise<F | undefined>,
  runs: number,
): Promise<{ readonly from: number; readonly outcome: F } | undefined> {
  const faults = found.events.filter(({ type }) => type === 'fault').length;
  for (let atMost = 0; atMost < faults; atMost++) {
    for (let seed = 1; seed <= runs / faults; seed++) {
      const outcome = await retry({ seed, atMost });
      if (outcome !== undefined) return { from: seed, outcome };
    }
  }
  return undefined;
}

/**
 * Makes a failing schedule plainer as long as it still fails, within so many runs: first by taking decisions back, many at a
 * time, then few, then one (Zeller's ddmin); then by lowering those that are left.
 */
export async function shrink(found: ScheduleOutcome, retry: Retry, runs: number): Promise<ScheduleOutcome> {
  let best = found;
  let left = runs;

  async function accept(entries: readonly (readonly [number, number])[]): Promise<boolean> {
    if (left <= 0) return false;
    left--;
    const outcome = await retry(new Map(entries));
    // Fewer decisions, or lower ones; those that had no meaning any more have gone by themselves.
    if (outcome === undefined || !simpler(outcome.decisions, best.decisions)) return false;
    best = outcome;
    return true;
  }

  for (let before = -1; before !== sizeOf(best.decisions) && left > 0; ) {
    before = sizeOf(best.decisions);
    await withoutChunks();
    await lowered();
  }
  return best;

  async function withoutChunks(): Promise<void> {
    for (let size = best.decisions.size; size >= 1 && left > 0; size = Math.floor(size / 2)) {
      for (let from = 0; from < best.decisions.size && left > 0; ) {
        const entries = [...best.decisions];
        const rest = [...entries.slice(0, from), ...entries.slice(from + size)];
        if (!(await accept(rest))) from += size;
      }
    }
  }

  async function lowered(): Promise<void> {
    for (const number of [...best.decisions.keys()]) {
      for (let value = 1; value < (best.decisions.get(number) ?? 0) && left > 0; value = value * 2) {
        const entries = [...best.decisions].map(([at, is]) => [at, at === number ? value : is] as const);
        if (await accept(entries)) break;
      }
    }
  }
}

function simpler(one: Decisions, other: Decisions): boolean {
  return one.size < other.size || (one.size === other.size && sizeOf(one) < sizeOf(other));
}

/** How far a schedule is from the plainest one. */
function sizeOf(decisions: Decisions): number {
  let size = decisions.size * 1_000_000;
  for (const value of decisions.values()) size += value;
  return size;
}
