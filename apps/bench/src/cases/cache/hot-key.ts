import { startWorker, type WorkerProcess } from '@penknife/testing';
import type { BenchCase, BenchContext, Contestant } from '../../case.js';
import type { CrowdActs } from './crowd-member.js';
import { type Library, librariesThatRun } from './libraries.js';

type Member = WorkerProcess<CrowdActs>;

const processes = 8;
const callers = 50;
const loadMs = 100;

/** A contestant whose run is eight processes at one key that nobody has. Opened when its turn comes, and not measured. */
async function crowding(
  library: Library,
  members: readonly Member[],
  { server }: BenchContext,
): Promise<Contestant> {
  let runs = 0;
  let rounds = 0;
  let slowestMs = 0;
  const open = () =>
    Promise.all(members.map((member) => member.call('open', library, server.url, server.port)));
  const [about] = await open();
  return {
    name: about?.name ?? library,
    guarantees: about?.guarantees ?? '',
    speaks: () => `${processes} processes, each: ${about?.speaks}`,
    operations: processes * callers,
    async prepareRound() {
      await open();
    },
    async run(turn) {
      const key = `hot-${library}-${turn}`;
      const asked = await Promise.all(members.map((member) => member.call('ask', key, callers, loadMs)));
      rounds++;
      for (const each of asked) {
        runs += each.loads;
        slowestMs = Math.max(slowestMs, each.slowestMs);
      }
    },
    facts: () =>
      `${(runs / rounds).toFixed(2)} loader runs a key for ${processes} processes of ${callers} callers, the slowest after ${slowestMs.toFixed(0)} ms (a load takes ${loadMs})`,
    close: async () => undefined,
  };
}

/** One key that is hot in many processes. */
export const hotKeyCase: BenchCase = {
  name: 'cache/hot-key',
  question: `How often is one missing key loaded by ${processes} processes of ${callers} callers?`,
  inFlight: [1],
  async prepare(context) {
    const module = new URL('./crowd-member.js', import.meta.url);
    const members: Member[] = [];
    for (let i = 0; i < processes; i++) members.push(await startWorker<CrowdActs>(module));
    const contestants: Contestant[] = [];
    for (const library of librariesThatRun(context))
      contestants.push(await crowding(library, members, context));
    const close = async (): Promise<void> => {
      await Promise.all(members.map((member) => member.kill()));
    };
    return contestants.map((each, i) => (i === contestants.length - 1 ? { ...each, close } : each));
  },
};
