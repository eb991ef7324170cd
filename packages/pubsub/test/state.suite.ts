import type { MatrixContext } from '@penknife/matrix';
import { createChaosDriver } from '@penknife/testing';
import { beforeEach, expect, it } from 'vitest';
import {
  createPubSub,
  defineChannel,
  defineState,
  type Gap,
  type StateChange,
  type StateEntry,
  type StateListener,
} from '../src/index.js';
import { until } from './hearing.js';

const seats = defineState('room:{room}:seats', { ttl: '1m', limit: 5 });
const sharded = defineState('shard:{room}', { sharded: true });
const short = defineState('room:{room}:short', { historySize: 2 });

interface Watching extends StateListener<unknown> {
  readonly changes: StateChange<unknown>[];
  readonly snapshots: { readonly entries: Record<string, unknown>; readonly why: Gap | undefined }[];
  /** What a page would show: snapshots replace, changes are applied. */
  readonly shown: Map<string, unknown>;
}

function watching(): Watching {
  const changes: StateChange<unknown>[] = [];
  const snapshots: { entries: Record<string, unknown>; why: Gap | undefined }[] = [];
  const shown = new Map<string, unknown>();
  return {
    changes,
    snapshots,
    shown,
    snapshot(entries, why) {
      snapshots.push({ entries: valuesOf(entries), why });
      shown.clear();
      for (const [key, { value }] of entries) shown.set(key, value);
    },
    change(change) {
      changes.push(change);
      if (change.kind === 'set') shown.set(change.key, change.value);
      else shown.delete(change.key);
    },
  };
}

function valuesOf(entries: ReadonlyMap<string, StateEntry<unknown>>): Record<string, unknown> {
  return Object.fromEntries([...entries].map(([key, { value }]) => [key, value]));
}

/** What a state promises, on whatever the context runs on. */
export function stateSuite(context: MatrixContext): void {
  let room = { room: '' };
  let rooms = 0;
  beforeEach(() => {
    room = { room: `st${++rooms}` };
  });
  const open = async () => createPubSub(await context.driver());

  it('compare-and-set: a key changes only at the version that was seen', async () => {
    const state = (await open()).state(seats);
    const first = await state.set(room, 'A1', 'ada', { expect: 'absent' });
    expect(first).toMatchObject({ changed: true, version: { offset: 1 } });
    expect(await state.set(room, 'A1', 'bob', { expect: 'absent' })).toEqual({
      changed: false,
      reason: 'conflict',
      version: first.version,
    });
    const seen = await state.get(room, 'A1');
    expect(seen).toEqual({ value: 'ada', version: first.version });
    const second = await state.set(room, 'A1', 'eve', { expect: seen?.version as never });
    expect(second).toMatchObject({ changed: true, version: { offset: 2 } });
    expect(await state.remove(room, 'A1', { expect: seen?.version as never })).toMatchObject({
      changed: false,
      reason: 'conflict',
    });
    expect(await state.remove(room, 'A1', { expect: second.version as never })).toEqual({
      changed: true,
      version: undefined,
    });
    expect(await state.remove(room, 'A1')).toEqual({ changed: false, reason: 'absent', version: undefined });
    expect(await state.get(room, 'A1')).toBeUndefined();
  });

  it('increments that race by compare-and-set all count', async () => {
    const states = [(await open()).state(seats), (await open()).state(seats)];
    let conflicts = 0;
    const increment = async (i: number): Promise<void> => {
      const state = states[i % 2] as (typeof states)[number];
      for (;;) {
        const seen = await state.get(room, 'count');
        const expected = seen?.version ?? 'absent';
        const { changed } = await state.set(room, 'count', Number(seen?.value ?? 0) + 1, {
          expect: expected,
        });
        if (changed) return;
        conflicts++;
      }
    };
    await Promise.all(Array.from({ length: 12 }, (_, i) => increment(i)));
    expect((await states[0]?.get(room, 'count'))?.value).toBe(12);
    expect(conflicts).toBeGreaterThan(0);
  });

  it('a limit of keys holds, and every key has a TTL', async () => {
    const state = (await open()).state(seats);
    for (let i = 0; i < 5; i++) await state.set(room, `k${i}`, i);
    expect(await state.set(room, 'k5', 5)).toEqual({ changed: false, reason: 'full', version: undefined });
    expect(await state.set(room, 'k4', 'again')).toMatchObject({ changed: true });
    expect((await state.read(room)).size).toBe(5);
    for (const kind of ['head', 'history', 'state']) {
      const ttl = Number(await context.admin('PTTL', `pk:ps1:${kind}:{room:${room.room}:seats}`));
      expect([kind, ttl > 0 && ttl <= 60_000]).toEqual([kind, true]);
    }
  });

  it('trap 9: between snapshot and live nothing is lost, and nothing comes twice', async () => {
    const [here, there] = [await open(), await open()];
    const writer = here.state(short);
    await writer.set(room, 'before', 0);
    const heard = watching();
    const writes = Promise.all(Array.from({ length: 30 }, (_, i) => writer.set(room, `k${i % 7}`, i)));
    const view = await there.state(short).watch(room, heard);
    await writes;
    await writer.remove(room, 'before');
    const final = valuesOf(await writer.read(room));
    await until(context, 'the last change', () => !heard.shown.has('before') && !view.entries.has('before'));
    await until(context, 'the same', () => view.entries.size === Object.keys(final).length);
    expect(Object.fromEntries(heard.shown)).toEqual(final);
    expect(valuesOf(view.entries)).toEqual(final);
    const offsets = heard.changes.map(({ version }) => version.offset);
    expect(offsets).toEqual([...new Set(offsets)].sort((a, b) => a - b));
    await view.close();
    await writer.set(room, 'after', 1);
    expect([view.closed, heard.shown.has('after')]).toEqual([true, false]);
  });

  it('what the history holds arrives as changes after a cut; what it does not, as a snapshot', async () => {
    const chaos = createChaosDriver(await context.driver(), { seed: 1 });
    const writer = (await open()).state(short);
    const heard = watching();
    const view = await createPubSub(chaos.driver).state(short).watch(room, heard);
    expect(heard.snapshots).toEqual([{ entries: {}, why: undefined }]);
    await writer.set(room, 'a', 1);
    await until(context, 'the first', () => heard.changes.length === 1);
    chaos.disconnect();
    await writer.set(room, 'a', 2);
    await writer.set(room, 'b', 1);
    // What is still on its way would be heard late, or count for the next hole.
    await until(context, 'the first hole', () => chaos.missed === 2);
    chaos.reconnect();
    await until(context, 'both', () => heard.changes.length === 3);
    expect(heard.changes.map(({ kind, key, previous }) => [kind, key, previous?.value])).toEqual([
      ['set', 'a', undefined],
      ['set', 'a', 1],
      ['set', 'b', undefined],
    ]);
    expect(heard.snapshots).toHaveLength(1);
    chaos.disconnect();
    for (let i = 3; i < 8; i++) await writer.set(room, 'a', i);
    await writer.remove(room, 'b');
    // What is still on its way to the deaf feed would fill the hole.
    await until(context, 'the second hole', () => chaos.missed === 8);
    chaos.reconnect();
    await until(context, 'a snapshot', () => heard.snapshots.length > 1 && heard.shown.get('a') === 7);
    expect(heard.snapshots.at(-1)?.why).toMatchObject({ recovered: false, unrecovered: 'truncated' });
    await until(context, 'the end', () => view.entries.size === 1);
    expect(Object.fromEntries(heard.shown)).toEqual({ a: 7 });
  });

  it('a state that is gone on the server is gone in the view, and begins anew', async () => {
    const chaos = createChaosDriver(await context.driver(), { seed: 1 });
    const writer = (await open()).state(seats);
    await writer.set(room, 'a', 1);
    const heard = watching();
    await createPubSub(chaos.driver).state(seats).watch(room, heard);
    chaos.disconnect();
    for (const kind of ['head', 'history', 'state']) {
      await context.admin('DEL', `pk:ps1:${kind}:{room:${room.room}:seats}`);
    }
    await writer.set(room, 'b', 2);
    chaos.reconnect();
    await until(context, 'the new one', () => heard.shown.has('b'));
    expect(Object.fromEntries(heard.shown)).toEqual({ b: 2 });
  });

  it('strangers harm nobody: what cannot be read is not there', async () => {
    const pubsub = await open();
    const heard = watching();
    await pubsub.state(seats).watch(room, heard);
    const loose = defineChannel('room:{room}:seats', { delivery: 'log' });
    await pubsub.channel(loose).publish(room, 'no change at all');
    await context.admin('PUBLISH', `pk:ps1:channel:{room:${room.room}:seats}`, 'hello');
    await context.admin('HSET', `pk:ps1:state:{room:${room.room}:seats}`, 'x', 'no version');
    await pubsub.state(seats).set(room, 'a', 1);
    await until(context, 'the change', () => heard.shown.has('a'));
    await until(context, 'the snapshot for the hole', () => heard.snapshots.length === 2);
    expect(heard.snapshots.at(-1)?.why).toMatchObject({ reason: 'undecodable' });
    expect(Object.fromEntries(heard.shown)).toEqual({ a: 1 });
    await context.admin('DEL', `pk:ps1:state:{room:${room.room}:seats}`);
  });

  it('a sharded state lives in one slot', async () => {
    const pubsub = await open();
    const heard = watching();
    await pubsub.state(sharded).watch(room, heard);
    await pubsub.state(sharded).set(room, 'é', { deep: ['ü'] });
    await until(context, 'the change', () => heard.changes.length > 0);
    expect(heard.changes[0]).toMatchObject({ key: 'é', value: { deep: ['ü'] }, own: true });
  });

  it('refuses bad input by name, before anything is sent', async () => {
    const pubsub = await open();
    const state = pubsub.state(seats);
    await expect(state.set(room, '', 1)).rejects.toMatchObject({ argument: 'key' });
    await expect(state.set(room, 'x'.repeat(1001), 1)).rejects.toMatchObject({ argument: 'key' });
    await expect(state.set(room, 'a', undefined)).rejects.toMatchObject({ code: 'CODEC' });
    await expect(state.set(room, 'a', 1, { expect: {} as never })).rejects.toMatchObject({
      argument: 'expect',
    });
    await expect(state.watch(room, {} as never)).rejects.toMatchObject({ argument: 'listener.snapshot' });
    await expect(state.set({} as never, 'a', 1)).rejects.toThrow(/parameter room must be a string/);
    for (const limit of [0, 10_001, 1.5]) {
      expect(() => defineState('a', { limit })).toThrow(/limit must be a whole number/);
    }
    await pubsub.close();
    await expect(state.set(room, 'a', 1)).rejects.toMatchObject({ code: 'CLOSED' });
    await expect(state.watch(room, watching())).rejects.toMatchObject({ code: 'CLOSED' });
  });
}
