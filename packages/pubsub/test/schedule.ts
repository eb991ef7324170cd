import { type Driver, seededRandom } from '@penknife/core';
import type { MemoryRedis } from '@penknife/driver-memory';
import { plantedBug, type ScriptBug } from '@penknife/testing';

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

/** A driver of its own of each process, whose scripts have the planted bug, if any. */
export function openDriver(redis: MemoryRedis, bug: ScriptBug | undefined): Driver {
  const own = redis.driver();
  if (bug === undefined) return own;
  const planted = plantedBug(bug);
  return { ...own, send: (command, options) => own.send(planted(command), options) };
}
