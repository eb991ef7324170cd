import { type Column, columns, overMatrix } from '@penknife/matrix';
import type { WorkerProcess } from '@penknife/testing';
import { expect, it } from 'vitest';
import type { WriteBehindActs } from './write-behind.worker.js';
import { rowsOf } from './write-behind-rows.js';

// Processes of their own take seconds: one client here, all columns and more writes in the full tier.
const full = process.env.PENKNIFE_TIER === 'full';
const chosen: readonly Column[] = columns.filter(
  ({ memory, client, topology }) => !memory && (full || (client === 'ioredis' && topology === 'single')),
);
const module = new URL('./write-behind.worker.ts', import.meta.url);
const most = full ? 400 : 30;
const keys = ['a', 'b', 'c', 'd', 'e'];

type Worker = WorkerProcess<WriteBehindActs>;

/** What became of one key: the last value acknowledged, and everything that was stored, in order. */
interface KeyHistory {
  readonly key: string;
  readonly acknowledged: number;
  readonly stored: readonly number[];
}

/** Acknowledged writes that were never stored, and older ones that were stored over later ones. */
function writeFaults(histories: readonly KeyHistory[]): string[] {
  return histories.flatMap(({ key, acknowledged, stored }) => {
    const last = stored.at(-1) ?? -1;
    const lost = last < acknowledged ? [`${key}: ${acknowledged} was acknowledged, ${last} is stored`] : [];
    const back = stored.findIndex((value, i) => i > 0 && value < (stored[i - 1] as number));
    return back === -1 ? lost : [...lost, `${key}: ${stored[back]} was stored over ${stored[back - 1]}`];
  });
}

it('notices a write that is lost, and one that came late', () => {
  const histories = [
    { key: 'a', acknowledged: 3, stored: [1, 3] },
    { key: 'b', acknowledged: 4, stored: [1, 3] },
    { key: 'c', acknowledged: 3, stored: [3, 2, 3] },
    { key: 'd', acknowledged: 0, stored: [] },
  ];
  expect(writeFaults(histories)).toEqual([
    'b: 4 was acknowledged, 3 is stored',
    'c: 2 was stored over 3',
    'd: 0 was acknowledged, -1 is stored',
  ]);
});

overMatrix(
  'cache write-behind under SIGKILL',
  (context) => {
    async function run(env: Record<string, string>, rounds: number): Promise<string[]> {
      const start = (): Promise<Worker> => context.startWorker<WriteBehindActs>(module, { env });
      const starting = async (): Promise<Worker> => {
        const worker = await start();
        await worker.call('store');
        return worker;
      };
      let [writer, storer] = await Promise.all([start(), starting()]);
      const acknowledged = new Map(keys.map((key) => [key, -1]));
      for (let round = 0; round < rounds; round++) {
        const killed = round === Math.floor(rounds / 3);
        const writes = keys.map(async (key) => {
          // The killed one's writes may be refused, from the moment it is gone.
          const written = writer.call('write', key, round).then(() => acknowledged.set(key, round));
          await (killed ? written.catch(() => undefined) : written);
        });
        // In the middle of writes, and of storing what was written.
        if (killed) [, writer] = await Promise.all([writer.kill(), start(), ...writes]);
        else await Promise.all(writes);
        if (round === Math.floor(rounds / 2)) {
          await storer.kill();
          storer = await starting();
        }
      }
      const rows = async (key: string): Promise<number[]> =>
        ((await context.admin('LRANGE', rowsOf(key), 0, -1)) as string[]).map(Number);
      const patience = env.WRITE_BEHIND_PLANTED === undefined ? 1200 : 10;
      let histories: KeyHistory[] = [];
      for (let turns = 0; turns < patience; turns++) {
        histories = await Promise.all(
          keys.map(async (key) => ({
            key,
            acknowledged: acknowledged.get(key) as number,
            stored: await rows(key),
          })),
        );
        if (histories.every(({ stored, acknowledged: last }) => (stored.at(-1) ?? -1) >= last)) break;
        await context.advance(25);
      }
      await Promise.all([writer.kill(), storer.kill()]);
      for (const key of keys) await context.admin('DEL', rowsOf(key));
      return writeFaults(histories);
    }

    it('no acknowledged write is lost, none is stored over a later one, whoever is killed', async () => {
      expect(await run({}, most)).toEqual([]);
    }, 60_000);

    it('notices a write that was acknowledged before it was in the log', async () => {
      expect(await run({ WRITE_BEHIND_PLANTED: '1' }, 6)).not.toEqual([]);
    }, 60_000);
  },
  { columns: chosen, slowLog: false },
);
