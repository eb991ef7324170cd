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
  processes: readonly MeasuredStore[],
  random: RandomSource,
  logsOut: boolean,
  tally: Tally,
): Promise<void> {
  const anywhere = (): MeasuredStore =>
    processes[Math.floor(random.fraction() * processes.length)] as MeasuredStore;
  const id = await anywhere().create();
  const other = await anywhere().create();
  const elsewhere = async (): Promise<void> => {
    for (let i = Math.floor(random.fraction() * 4); i > 0; i--) await anywhere().fields(other);
  };
  const saved: string[] = [];
  const request = async (field: string): Promise<void> => {
    await elsewhere();
    const held = await anywhere().load(id);
    await elsewhere();
    if (held !== null && (await held.save(field, 1))) saved.push(field);
  };
  const logout = async (): Promise<void> => {
    await elsewhere();
    await elsewhere();
    await anywhere().end(id);
  };
  await Promise.all([...['a', 'b', 'c', 'd'].map(request), ...(logsOut ? [logout()] : [])]);
  const fields = await anywhere().fields(id);
  tally.schedules++;
  if (logsOut) {
    tally.logouts++;
    if (fields !== null) tally.resurrected++;
    return;
  }
  tally.saves += saved.length;
  tally.lost += saved.filter((field) => !(field in (fields ?? {}))).length;
}

/** Schedules of a round: with the warm-up a quick run has 1 000. */
const perRound = 250;
const atOnce = 8;

/** A store as a contestant of schedules: what each of three processes has of it. */
export function scheduled(processes: readonly [MeasuredStore, ...MeasuredStore[]]): Contestant {
  const tally: Tally = { schedules: 0, saves: 0, lost: 0, logouts: 0, resurrected: 0 };
  const [{ name, guarantees }] = processes;
  let begun = 0;
  const next = async (end: number): Promise<void> => {
    while (begun < end) {
      const turn = begun++;
      const random = seededRandom(Math.imul(turn + 1, 0x9e3779b1) >>> 0);
      await runSchedule(processes, random, turn % 2 === 0, tally);
    }
  };
  return {
    name,
    guarantees,
    operations: perRound,
    // A round is so many schedules, however long they take: all contestants are compared by the same ones.
    prepareRound: async () => undefined,
    async run() {
      const end = begun + perRound;
      await Promise.all(Array.from({ length: atOnce }, () => next(end)));
    },
    facts: () =>
      `${tally.schedules} schedules: ${tally.lost} of ${tally.saves} saves lost, ${tally.resurrected} of ${tally.logouts} logouts undone`,
    async close() {
      for (const each of processes) await each.close();
    },
  };
}
