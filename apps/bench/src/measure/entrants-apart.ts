import { startWorker } from '@penknife/testing';
import type { ApartCase, BenchContext } from '../case.js';
import type { ContestantActs } from './answer-rounds.js';
import type { Entrant } from './entrant.js';

/**
 * Opens the contestants of a case, each in a process of its own that runs `program` (a module with `answerRounds`). The
 * processes die with this one, however it ends. Rejects when one cannot be opened, and then none is left.
 */
export async function entrantsApart(
  { name, apart }: ApartCase,
  { url, port }: Pick<BenchContext['server'], 'url' | 'port'>,
  program: string | URL,
): Promise<readonly Entrant[]> {
  const entrants: Entrant[] = [];
  try {
    for (const place of apart.keys()) entrants.push(await entrantApart(name, place, { url, port }, program));
    return entrants;
  } catch (error) {
    await Promise.allSettled(entrants.map((entrant) => entrant.close()));
    throw error;
  }
}

async function entrantApart(
  caseName: string,
  place: number,
  server: { readonly url: string; readonly port: number },
  program: string | URL,
): Promise<Entrant> {
  const worker = await startWorker<ContestantActs>(program);
  try {
    return {
      ...(await worker.call('open', caseName, place, server)),
      warmUp: (...round) => worker.call('warmUp', ...round),
      prepareRound: () => worker.call('prepareRound'),
      runRound: (...round) => worker.call('runRound', ...round),
      facts: () => worker.call('facts'),
      async close() {
        try {
          // Why one has ended too early was told to whoever waited for it.
          if (worker.running) await worker.call('close');
        } finally {
          await worker.kill();
        }
      },
    };
  } catch (error) {
    await worker.kill();
    throw error;
  }
}
