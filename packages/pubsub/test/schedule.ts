import { type Driver, seededRandom } from '@penknife/core';
import type { MemoryRedis } from '@penknife/driver-memory';
import {
  type ChaosDriver,
  type ChaosOptions,
  createChaosDriver,
  plantedBug,
  type ScriptBug,
} from '@penknife/testing';
import { createPubSub, type PubSub, type PubSubOptions } from '../src/index.js';

/** Things that may happen, and how often in comparison. */
export type Acts = readonly (readonly [weight: number, act: () => unknown])[];

/** The chance of one schedule, all of it from its seed. */
export interface Chance {
  /** A whole number of at least 0 and below the limit. */
  below(limit: number): number;
  any<E>(list: readonly E[]): E;
  /** One of these, by their weights. */
  act(acts: Acts): () => unknown;
}

/** Makes it. */
export function createChance(seed: number): Chance {
  const random = seededRandom(seed);
  const below = (limit: number): number => Math.floor(random.fraction() * limit);
  return {
    below,
    any: (list) => list[below(list.length)] as (typeof list)[number],
    act(acts) {
      let point = below(acts.reduce((sum, [weight]) => sum + weight, 0));
      const [, act] = acts.find(([weight]) => {
        point -= weight;
        return point < 0;
      }) as Acts[number];
      return act;
    },
  };
}

/** A process of a model: pub/sub on a driver of its own, which has faults. */
export interface ModelProcess {
  readonly chaos: ChaosDriver;
  readonly pubsub: PubSub;
  close(): Promise<void>;
}

/** Answers that are late or lost, as a model's processes meet them now and then. */
export const noise = {
  dropBefore: 0.03,
  dropAfter: 0.03,
  delay: 0.1,
  delayAnswer: 0.2,
  maxDelayMs: 40,
} as const;

/** What an implementation does wrong, as its driver sees it: calls that it does not make. */
export type Wrong = (driver: Driver) => Driver;

/** Opens one. With a bug, its scripts have it; with something wrong, what calls them. */
export function openProcess(
  redis: MemoryRedis,
  faults: ChaosOptions,
  options: PubSubOptions & { readonly bug?: ScriptBug | undefined; readonly wrong?: Wrong | undefined } = {},
): ModelProcess {
  const { bug, wrong = (driver) => driver, ...rest } = options;
  const chaos = createChaosDriver(openDriver(redis, bug), faults);
  const pubsub = createPubSub(wrong(chaos.driver), rest);
  return {
    chaos,
    pubsub,
    async close() {
      await pubsub.close();
      await chaos.driver.close();
    },
  };
}

/** Counts what happens by its name: a run that met nothing proves nothing. */
export function noteIn(coverage: Map<string, number> | undefined): (what: string) => void {
  return (what) => void coverage?.set(what, (coverage.get(what) ?? 0) + 1);
}

/** The complaint about the first schedule that shows a planted defect; undefined when none does. */
export async function firstNoticed(
  run: (seed: number) => Promise<string | undefined>,
  seeds = 60,
): Promise<string | undefined> {
  for (let seed = 1; seed <= seeds; seed++) {
    const complaint = await run(seed);
    if (complaint !== undefined) return complaint;
  }
  return undefined;
}

function openDriver(redis: MemoryRedis, bug: ScriptBug | undefined): Driver {
  const own = redis.driver();
  if (bug === undefined) return own;
  const planted = plantedBug(bug);
  return { ...own, send: (command, options) => own.send(planted(command), options) };
}
