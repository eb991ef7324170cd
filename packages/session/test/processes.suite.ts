import type { MatrixContext } from '@penknife/matrix';
import type { WorkerProcess } from '@penknife/testing';
import { expect, it } from 'vitest';
import { secretA, secretB } from './sample.js';
import type { PlantedBug } from './schedule/planted-bug.js';
import type { Acts } from './schedule/requests.worker.js';
import { runAmongProcesses } from './schedule/run-among-processes.js';

const module = new URL('./schedule/requests.worker.ts', import.meta.url);
const full = process.env.PENKNIFE_TIER === 'full';
/** Over the columns of an everyday run 1 000. */
const schedules = full ? 5000 : 500;

/** Sessions among processes of the operating system, amid a change of the secret. */
export function processesSuite(context: MatrixContext): void {
  async function start(bug?: PlantedBug): Promise<readonly WorkerProcess<Acts>[]> {
    const rings = [
      [secretA, secretB],
      [secretB, secretA],
      [secretB, secretA],
    ];
    return Promise.all(
      rings.map(async (ring) => {
        const worker = await context.startWorker<Acts>(module);
        await worker.call('open', ring, bug);
        return worker;
      }),
    );
  }

  it(`${schedules} schedules over three processes: no save is lost, no end undone`, async () => {
    const { complaints, tally } = await runAmongProcesses(await start(), schedules);
    expect(complaints).toEqual([]);
    for (const kind of ['load', 'save', 'login', 'regenerate', 'destroy', 'revoke', 'others', 'revoked']) {
      // How often each of them finds its session alive is chance: of a hundred tries one at least.
      expect(tally[kind], kind).toBeGreaterThan(0);
    }
  });

  const once = context.where(context.column.topology === 'single', 'one column shows what the checker sees');
  const caught: readonly (readonly [PlantedBug, RegExp])[] = [
    ['save re-creates', /resurrection/],
    ['save writes the whole document', /lost update/],
  ];
  for (const [bug, words] of caught) {
    once(`and notices: ${bug}`, async () => {
      const { complaints } = await runAmongProcesses(await start(bug), 5000, words);
      expect(complaints.join('\n')).toMatch(words);
    });
  }
}
