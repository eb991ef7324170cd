import { type Clock, nullableStringReply, rawReply, type Sender } from '@penknife/core';
import { createMemoryRedis, type MemoryRedis } from '@penknife/driver-memory';
import { SimulationError, type SimulationOptions, simulate } from '@penknife/testing';
import { expect } from 'vitest';

/** The engine that schedules run on. */
export const engine = ({ clock }: { readonly clock: Clock }): MemoryRedis =>
  createMemoryRedis({ clock, seed: 1 });

/** The failure that a simulation must meet. */
export async function failureOf<C>(options: SimulationOptions<C>): Promise<SimulationError> {
  try {
    await simulate(options);
  } catch (error) {
    if (error instanceof SimulationError) return error;
    throw error;
  }
  return expect.unreachable('no schedule failed');
}

export const get = (sender: Sender, key: string): Promise<string | null> =>
  sender.send({ args: ['GET', key], key, read: nullableStringReply('GET') });

export const set = (sender: Sender, key: string, value: string, ...more: string[]): Promise<unknown> =>
  sender.send({ args: ['SET', key, value, ...more], key, read: rawReply });

export const del = (sender: Sender, key: string): Promise<unknown> =>
  sender.send({ args: ['DEL', key], key, read: rawReply });

export const increment = (sender: Sender, key: string): Promise<unknown> =>
  sender.send({ args: ['INCR', key], key, read: rawReply });
