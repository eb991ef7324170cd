import type { MatrixContext } from '@penknife/matrix';
import { type FaultProxy, startFaultProxy, type WorkerProcess } from '@penknife/testing';
import { streamKeys } from '../src/index.js';
import type { FireActs } from './fire.worker.js';
import type { FireEvent, FireHistory } from './fire-history.js';

const keys = streamKeys.in('pk');
const module = new URL('./fire.worker.ts', import.meta.url);
const size = 3;
/** Longer than the lease of the workers, and shorter. */
const longMs = 500;
const shortMs = 150;

/** Worker processes, and what can be done to them and to their servers. */
export interface FireCrew {
  /** What can happen in this column. */
  readonly kinds: readonly string[];
  /** Has it happen to one of the workers, or to the servers; `fraction` says to whom. */
  disturb(kind: string, fraction: number): Promise<void>;
  /** How often each has happened. */
  counts(): Readonly<Record<string, number>>;
  /** Nobody stands still any more. */
  resume(): void;
  /** What each says of its consumers, a line a worker. */
  health(): Promise<string>;
  /** All leave. */
  stop(): Promise<void>;
  /** Closes what stands between; the workers end with the test. */
  end(): Promise<void>;
}

interface Place {
  worker: WorkerProcess<FireActs>;
  readonly proxy: FaultProxy | undefined;
}

/**
 * Starts the workers, each behind a proxy of its own where there is one server. `surely`: who is struck is in the middle of a
 * message, however long that takes to come; otherwise it is whom chance says.
 */
export async function startCrew(
  context: MatrixContext,
  history: FireHistory,
  env: Readonly<Record<string, string>>,
  surely: boolean,
): Promise<FireCrew> {
  const { faults } = context;
  let begun = new Set<string>();
  const counts: Record<string, number> = {};

  async function startWorker(proxy: FaultProxy | undefined): Promise<WorkerProcess<FireActs>> {
    const worker = await context.startWorker<FireActs>(module, {
      env,
      ...(proxy && { through: proxy.port }),
      onReport(told) {
        const event = told as FireEvent;
        begun.add(event.by);
        history.tell(event);
      },
    });
    await worker.call('start');
    return worker;
  }

  async function startPlace(): Promise<Place> {
    const proxy =
      context.column.topology === 'single' ? await startFaultProxy({ port: await port() }) : undefined;
    return { proxy, worker: await startWorker(proxy) };
  }

  async function port(): Promise<number> {
    const [, text] = (await context.admin('CONFIG', 'GET', 'port')) as string[];
    return Number(text);
  }

  /** Lets time pass, a tenth of a second at most at once. */
  async function pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 100) await context.advance(Math.min(100, left));
  }

  const isAtWork = ({ worker }: Place): boolean => begun.has(String(worker.pid));

  /** The first that begins something from now on. */
  async function someoneAtWork(): Promise<Place | undefined> {
    begun = new Set();
    for (let i = 0; i < 2000 && !places.some(isAtWork); i++) await context.advance(5);
    return places.find(isAtWork);
  }

  const places = await Promise.all(Array.from({ length: size }, startPlace));
  const replace = async (place: Place): Promise<void> => {
    place.worker = await startWorker(place.proxy);
  };
  const through =
    (act: (proxy: FaultProxy) => unknown) =>
    async ({ proxy }: Place): Promise<void> => {
      if (proxy === undefined) return;
      act(proxy);
      await pass(shortMs);
      proxy.heal();
    };

  const toWorkers: Record<string, (place: Place) => Promise<void>> = {
    async killed(place) {
      await place.worker.kill();
      await replace(place);
    },
    async left(place) {
      await place.worker.call('stop');
      await place.worker.kill();
      await replace(place);
    },
    // Longer than its lease: somebody else has its messages when it wakes.
    async stopped({ worker }) {
      await worker.pause();
      await pass(longMs);
      worker.resume();
    },
  };
  const byProxy: typeof toWorkers = {
    cut: through((proxy) => proxy.cut()),
    'half open': through((proxy) => proxy.halfOpen()),
    refused: through((proxy) => proxy.refuse()),
    'answers lost': through((proxy) => proxy.blackhole('answers')),
    slow: through((proxy) => proxy.delay(20)),
  };
  const toServers: typeof toWorkers = {
    'all cut': async () => faults.cutConnections?.(),
    'scripts gone': async () => void (await context.admin('SCRIPT', 'FLUSH')),
  };
  if (context.column.name.includes('append-only')) {
    toServers['server restarted'] = async () => {
      await faults.kill?.(keys.log('fired@0'));
      await faults.restart?.(keys.log('fired@0'));
    };
  }
  if (context.column.topology === 'sentinel') {
    toServers['failed over'] = async () => {
      await faults.failOver?.(keys.log('fired@0'));
      await faults.restart?.(keys.log('fired@0'));
    };
  }
  if (context.column.topology === 'cluster') {
    for (const name of ['fired@0', 'fired@1', 'fired-plain']) {
      toServers[`slot of ${name} moved`] = async () => {
        const move = await faults.moveSlot?.(keys.log(name));
        // What is asked in the middle of it finds some of its keys here and some there.
        await pass(shortMs);
        await move?.finish();
      };
    }
  }
  const acts = { ...toWorkers, ...(places[0]?.proxy && byProxy), ...toServers };

  return {
    kinds: Object.keys(acts),
    async disturb(kind, fraction) {
      const place = surely ? await someoneAtWork() : places[Math.floor(fraction * size)];
      if (place === undefined) throw new Error('nobody has begun anything');
      // In the middle of its work, if it has any.
      for (let i = 0; i < 20 && !isAtWork(place); i++) await context.advance(5);
      begun = new Set();
      await acts[kind]?.(place);
      counts[kind] = (counts[kind] ?? 0) + 1;
    },
    counts: () => counts,
    resume() {
      for (const { worker } of places) worker.resume();
    },
    async health() {
      const told = places.map(({ worker }) => worker.call('health').catch(String));
      return (await Promise.all(told)).map((one, i) => `worker ${places[i]?.worker.pid}: ${one}`).join('\n');
    },
    async stop() {
      await Promise.all(places.map(({ worker }) => worker.call('stop')));
    },
    async end() {
      await Promise.all(places.map(({ proxy }) => proxy?.close()));
    },
  };
}
