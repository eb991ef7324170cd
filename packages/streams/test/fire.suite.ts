import { type Driver, seededRandom } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { expect } from 'vitest';
import { type AppendOptions, createStreams, type Stream } from '../src/index.js';
import { type FireCrew, startCrew } from './fire-crew.js';
import { createFireHistory, effectReport, type FireHistory } from './fire-history.js';
import { effectsKey, fired, plain } from './fire-stream.js';
import type { Numbered } from './sample-streams.js';

const full = process.env.PENKNIFE_TIER === 'full';
/** Messages of a long run, and how many of them lie between two disturbances. */
const total = Number(process.env.PENKNIFE_SOAK_MESSAGES ?? 100_000);
const some = full ? Math.min(1000, Math.ceil(total / 10)) : 40;
/** Where one server is, everything happens, also in a short run; elsewhere what only happens there. */
const quickly: Readonly<Record<string, readonly string[]>> = {
  cluster: ['slot of fired@0 moved', 'killed', 'slot of fired-plain moved', 'all cut'],
  sentinel: ['stopped', 'failed over', 'killed'],
};
const group = 'g';
type Log = Stream<{ readonly data: Numbered }, { readonly data: Numbered }>;
const patienceMs = full ? 30_000 : 15_000;
/** What is in order per key goes no faster than there are keys. */
const keyCount = full ? 100 : 12;

/** How a run goes: its chance, what happens (once each, or until all is appended), and what the workers are told. */
interface Plan {
  readonly seed: number;
  readonly what?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Several processes on a split and on a plain stream while everything around them fails. */
export function fireSuite(context: MatrixContext): void {
  const real = context.where(!context.column.memory, 'no other process sees the memory engine');
  const failsOver = context.column.topology === 'sentinel';

  async function run(plan: Plan): Promise<void> {
    const history = createFireHistory();
    const crew = await startCrew(context, history, plan.env ?? {}, plan.env !== undefined);
    try {
      await runWith(crew, history, plan);
    } catch (error) {
      // Also when it ends early: what had been done until then.
      if (error instanceof Faulty) throw error;
      throw new Error(`${String(error)}\n\nwhat was seen:\n${history.about([])}`, { cause: error });
    } finally {
      await crew.end();
    }
  }

  async function runWith(crew: FireCrew, history: FireHistory, { seed, what }: Plan): Promise<void> {
    const random = seededRandom(seed);
    const driver = await context.driver();
    const streams = createStreams(driver);
    const [split, whole] = [streams.open(fired), streams.open(plain)];
    const kinds = what ?? (full ? undefined : quickly[context.column.topology]) ?? crew.kinds;
    const rounds = full && what === undefined ? Math.ceil(total / (2 * some)) : kinds.length;
    const order: string[] = [];
    const next = new Map<string, number>();

    /** Some messages, the same for both streams. `prefix` tells the keys of those that a failover may lose. */
    const append = async (prefix: string, count: number, options: AppendOptions): Promise<void> => {
      const drafts = Array.from({ length: count }, () => {
        const key = `${prefix}${Math.floor(random.fraction() * keyCount)}`;
        const n = next.get(key) ?? 0;
        next.set(key, n + 1);
        return { key, id: `${key}:${n}`, data: { n } };
      });
      await insist(driver, () =>
        Promise.all([split.appendMany(drafts, options), whole.appendMany(drafts, options)]),
      );
      for (const { key } of drafts) history.acknowledged(key, failsOver && options.durable === undefined);
    };

    for (let round = 0; round < rounds; round++) {
      if (order.length === 0) order.push(...shuffled(kinds, random.fraction));
      // All replicas, so that no failover can lose it; where there is none, the primary's word is enough.
      const sure: AppendOptions = failsOver ? { durable: 'replica', replicas: 2, confirmWithin: '3s' } : {};
      await append('k', failsOver ? some / 2 : some, sure);
      if (failsOver) await append('x', some / 2, {});
      const kind = order.pop() as string;
      history.disturbed(kind);
      await crew.disturb(kind, random.fraction());
    }
    const state = await settle(crew, split, whole);
    const left = await Promise.all([split.stats(group), whole.stats(group)]);
    const effectsOn = async (tags: readonly string[]): Promise<string[]> => {
      const lists = await Promise.all(tags.map((tag) => context.admin('LRANGE', effectsKey(tag), 0, -1)));
      return (lists as string[][]).flat();
    };
    const splitTags = Array.from({ length: fired.partitions }, (_, i) => split.partition(i).hashTag);
    const undone = history.undone();
    const parts = splitTags.map((_, i) => split.partition(i));
    const reports = [
      effectReport(await effectsOn(splitTags), {
        appended: history.appended,
        logged: await loggedIn(parts),
        ordered: true,
        undone,
      }),
      effectReport(await effectsOn([whole.hashTag]), {
        appended: history.appended,
        logged: await loggedIn([whole]),
        ordered: false,
        undone,
      }),
    ];
    await crew.stop();
    for (const tag of [...splitTags, whole.hashTag]) await context.admin('DEL', effectsKey(tag));
    say(history, crew, reports, undone);
    const faults = [
      ...reports.flatMap((report) => report.faults),
      ...left.flatMap(({ lag, pending }) =>
        lag + pending > 0 ? [`by its stats ${lag} not delivered, ${pending} pending`] : [],
      ),
    ];
    if (faults.length === 0) return;
    throw new Faulty(
      `${faults.slice(0, 30).join('\n')}\n\n${state}\n\nwhat was seen:\n${history.about(faults)}`,
    );
  }

  /** The messages in the order of their logs, `key n` each. */
  async function loggedIn(logs: readonly Log[]): Promise<string[]> {
    const logged: string[] = [];
    for (const log of logs) {
      for await (const { key, data } of log.range()) logged.push(`${key} ${data.n}`);
    }
    return logged;
  }

  /** Everybody lives from now on; resolves when nothing is left to do, or nothing has moved for long. Gives what the crew says. */
  async function settle(
    crew: FireCrew,
    ...streams: { stats(group: string): Promise<{ readonly lag: number; readonly pending: number }> }[]
  ): Promise<string> {
    crew.resume();
    const left = async (): Promise<number> => {
      const stats = await Promise.all(streams.map((one) => one.stats(group)));
      return stats.reduce((sum, { lag, pending }) => sum + lag + pending, 0);
    };
    const { clock } = context;
    const beganMs = clock.monotonic();
    let [first, least, last] = [Number.NaN, Number.POSITIVE_INFINITY, ''];
    for (let movedMs = beganMs; clock.monotonic() - movedMs < patienceMs; ) {
      try {
        const now = await left();
        if (now === 0) break;
        if (now < least) movedMs = clock.monotonic();
        least = Math.min(least, now);
        if (Number.isNaN(first)) first = now;
        last = `${now} left`;
      } catch (error) {
        last = String(error);
      }
      await context.advance(10);
    }
    const tookMs = Math.round(clock.monotonic() - beganMs);
    const how =
      least === 0 ? 'all' : `from ${first} to ${least}, then nothing for ${patienceMs} ms (${last})`;
    return `settling took ${tookMs} ms: ${how}\n${await crew.health()}`;
  }

  function say(
    history: FireHistory,
    crew: FireCrew,
    reports: readonly { readonly lost: number }[],
    undone: ReadonlySet<string>,
  ): void {
    const count = [...history.appended.values()].reduce((sum, one) => sum + one.count, 0);
    const [inSplit, inPlain] = reports.map(({ lost }) => lost);
    const lost = failsOver
      ? `; of those not confirmed by the replicas ${inSplit} and ${inPlain} were lost, ${undone.size} keys had an effect undone`
      : '';
    console.info(`${context.column.name}: 2 × ${count} messages, ${JSON.stringify(crew.counts())}${lost}`);
  }

  real(
    'processes killed, stopped, cut off and leaving, servers restarted, replaced, resharded: each effect once, in order per key, nothing left',
    () => run({ seed: 11 }),
  );

  const once = context.where(
    context.column.client === 'node-redis' && context.column.topology === 'single',
    'one column shows what the checker sees',
  );
  once(
    'effects that are not in one act with their acknowledgement are noticed, and the history is told',
    () =>
      expect(
        run({ seed: 12, what: ['killed', 'killed', 'stopped'], env: { STREAMS_PLANTED: 'yes' } }),
      ).rejects.toThrow(/more than once[\s\S]*what was seen:\n[\s\S]*-- killed\n/),
  );
}

/** A run whose effects are not what they should be. */
class Faulty extends Error {}

/** Appends until it is confirmed: the ids make it once. */
async function insist(driver: Driver, append: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await append();
      return;
    } catch (error) {
      if (tries === 100) throw error;
      await driver.clock.sleep(50);
    }
  }
}

function shuffled(items: readonly string[], fraction: () => number): string[] {
  const left = [...items];
  return items.map(() => left.splice(Math.floor(fraction() * left.length), 1)[0] as string);
}
