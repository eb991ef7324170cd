import { slotOf } from '@penknife/core';
import type { SlotMove } from '@penknife/testing';
import { commandAt } from '../server-admin.js';

/** A primary by its port, with its cluster id. */
interface Primary {
  readonly port: number;
  readonly id: string;
}

async function primariesOf(ports: readonly number[]): Promise<readonly Primary[]> {
  return Promise.all(
    ports.map(async (port) => ({ port, id: String(await commandAt(port, 'CLUSTER', 'MYID')) })),
  );
}

/** The port of the primary that serves a key now. */
export async function portOf(ports: readonly number[], key: string): Promise<number> {
  const slot = slotOf(key);
  const ranges = (await commandAt(ports[0] as number, 'CLUSTER', 'SLOTS')) as [
    number,
    number,
    [string, number],
  ][];
  const range = ranges.find(([first, last]) => slot >= first && slot <= last);
  if (range === undefined) throw new Error(`no primary serves slot ${slot}`);
  return range[2][1];
}

/** A slot's move, and its way back. */
export interface RevertibleSlotMove extends SlotMove {
  /** Gives the slot back to the primary it came from, with all its keys. */
  revert(): Promise<void>;
}

/** Begins to move a key's slot to another primary. */
export async function moveSlot(ports: readonly number[], key: string): Promise<RevertibleSlotMove> {
  const slot = slotOf(key);
  const primaries = await primariesOf(ports);
  const home = await portOf(ports, key);
  const from = primaries.find(({ port }) => port === home) as Primary;
  const to = primaries.find(({ port }) => port !== home) as Primary;
  await begin(slot, from, to);
  let finished = false;
  return {
    keys: (...keys) => migrate(from, to, keys),
    async leave() {
      await commandAt(from.port, 'CLUSTER', 'SETSLOT', slot, 'NODE', to.id);
    },
    async finish() {
      await finish(slot, from, to, primaries);
      finished = true;
    },
    async revert() {
      if (!finished) await finish(slot, from, to, primaries);
      await begin(slot, to, from);
      await finish(slot, to, from, primaries);
    },
  };
}

async function begin(slot: number, from: Primary, to: Primary): Promise<void> {
  await commandAt(to.port, 'CLUSTER', 'SETSLOT', slot, 'IMPORTING', from.id);
  await commandAt(from.port, 'CLUSTER', 'SETSLOT', slot, 'MIGRATING', to.id);
}

async function migrate(from: Primary, to: Primary, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await commandAt(from.port, 'MIGRATE', '127.0.0.1', to.port, '', 0, 5000, 'REPLACE', 'KEYS', ...keys);
}

async function finish(
  slot: number,
  from: Primary,
  to: Primary,
  primaries: readonly Primary[],
): Promise<void> {
  for (;;) {
    const keys = (await commandAt(from.port, 'CLUSTER', 'GETKEYSINSLOT', slot, 100)) as string[];
    if (keys.length === 0) break;
    await migrate(from, to, keys);
  }
  // The new owner first: otherwise nobody would own the slot for a moment.
  for (const { port } of [to, from, ...primaries.filter((each) => each !== to && each !== from)]) {
    await commandAt(port, 'CLUSTER', 'SETSLOT', slot, 'NODE', to.id);
  }
}

/** Takes a slot away from its primary, which then answers CLUSTERDOWN; the returned function gives it back. Repeatable. */
export async function dropSlot(ports: readonly number[], key: string): Promise<() => Promise<void>> {
  const slot = slotOf(key);
  const home = await portOf(ports, key);
  const stateIs = async (wanted: string): Promise<void> => {
    for (;;) {
      const states = await Promise.all(ports.map((port) => commandAt(port, 'CLUSTER', 'INFO')));
      if (states.every((text) => new RegExp(`cluster_state:${wanted}`).test(String(text)))) return;
    }
  };
  await commandAt(home, 'CLUSTER', 'DELSLOTS', slot);
  let dropped = true;
  return async () => {
    if (!dropped) return;
    dropped = false;
    await commandAt(home, 'CLUSTER', 'ADDSLOTS', slot);
    await stateIs('ok');
  };
}
