import { type RandomSource, seededRandom } from '@penknife/core';
import type { Contestant } from '../../case.js';
import type { MeasuredStore } from './stores.js';

/** What went wrong over all schedules. */
interface Tally {
  schedules: number;
  saves: number;
  lost: number;
  logouts: number;
  resurrected: number;
}

/**
 * One schedule: a session, four requests at once that each load it, do something else for a while and save a field of their
 * own, and in half of the schedules a logout among them. A save counts as lost when it was acknowledged, nobody logged out,
 * and it is not there; a session as resurrected when it can be loaded after its logout was acknowledged.
 */
async function runSchedule(
  store: MeasuredStore,
  random: RandomSource,
  logsOut: boolean,
  tally: Tally,
): Promise<void> {
  const id = await store.create();
  const other = await store.create();
  const elsewhere = async (): Promise<void> => {
    for (let i = Math.floor(random.fraction() * 4); i > 0; i--) await store.fields(other);
  };
  const saved: string[] = [];
  const request = async (field: string): Promise<void> => {
    await elsewhere();
    const held = await store.load(id);
    await elsewhere();
    if (held !== null && (await held.save(field, 1))) saved.push(field);
  };
  const logout = async (): Promise<void> => {
    await elsewhere();
    await elsewhere();
    await store.end(id);
  };
  await Promise.all([...['a', 'b', 'c', 'd'].map(request), ...(logsOut ? [logout()] : [])]);
  const fields = await store.fields(id);
  tally.schedules++;
  if (logsOut) {
    tally.logouts++;
    if (fields !== null) tally.resurrected++;
    return;
  }
  tally.saves += saved.length;
  tally.lost += saved.filter((field) => !(field in (fields ?? {}))).length;
}

/** A store as a contestant of schedules. */
export function scheduled(store: MeasuredStore): Contestant {
  const tally: Tally = { schedules: 0, saves: 0, lost: 0, logouts: 0, resurrected: 0 };
  return {
    name: store.name,
    guarantees: store.guarantees,
    operations: 1,
    run: (turn) =>
      runSchedule(store, seededRandom(Math.imul(turn + 1, 0x9e3779b1) >>> 0), turn % 2 === 0, tally),
    facts: () =>
      `${tally.schedules} schedules: ${tally.lost} of ${tally.saves} saves lost, ${tally.resurrected} of ${tally.logouts} logouts undone`,
    close: () => store.close(),
  };
}
