import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createPubSub, defineChannel } from '../src/index.js';
import { slotTagOf } from '../src/slot-tags.js';
import { hearing, until } from './hearing.js';

const fire = defineChannel('many:{room}', { sharded: true });
const log = defineChannel('many:{room}:log', { sharded: true, delivery: 'log' });
const classic = defineChannel('classic:{room}');
const rooms = Array.from({ length: 600 }, (_, i) => ({ room: String(i) }));
/** So many slots these channels are in. */
const slots = new Set(rooms.map(({ room }) => slotTagOf(`many:${room}`))).size;

/** What very many channels cost, on whatever the context runs on. */
export function shardsSuite(context: MatrixContext): void {
  const onServers = context.where(!context.column.memory, 'there is no server that counts commands');
  const open = async () => createPubSub(await context.driver(), { probe: false, positionCheck: false });

  onServers(
    'trap 16: after a cut six hundred sharded channels are live again with one SSUBSCRIBE a slot',
    async () => {
      const [here, there] = [await open(), await open()];
      const heard = hearing<unknown>();
      await Promise.all(rooms.map((room) => there.channel(fire).subscribe(room, heard)));
      const { calls } = await context.counts(async () => {
        await context.admin('CLIENT', 'KILL', 'TYPE', 'pubsub');
        await until(context, 'every channel heard its gap', () => heard.gaps.length >= rooms.length);
      });
      expect([calls.ssubscribe, slots]).toEqual([256, 256]);
      expect(heard.gaps.every(({ reason, recovered }) => reason === 'interrupted' && !recovered)).toBe(true);
      await Promise.all(rooms.map((room) => here.channel(fire).publish(room, room.room)));
      await until(context, 'all arrive', () => heard.messages.length >= rooms.length);
      expect([...heard.messages].sort()).toEqual(rooms.map(({ room }) => room).sort());
      expect(heard.gaps).toHaveLength(rooms.length);
    },
  );

  onServers('ordinary channels come back a thousand at a time', async () => {
    const there = await open();
    const heard = hearing();
    await Promise.all(rooms.map((room) => there.channel(classic).subscribe(room, heard)));
    const { calls } = await context.counts(async () => {
      await context.admin('CLIENT', 'KILL', 'TYPE', 'pubsub');
      await until(context, 'every channel heard its gap', () => heard.gaps.length >= rooms.length);
    });
    expect(calls.subscribe).toBe(1);
  });

  it('sharded channels of one slot do not hear each other, and each log is its own', async () => {
    const byTag = new Map<string, { room: string }[]>();
    for (const room of rooms) {
      const tag = slotTagOf(`many:${room.room}:log`);
      byTag.set(tag, [...(byTag.get(tag) ?? []), room]);
    }
    const [one, two] = [...byTag.values()].find((sharing) => sharing.length >= 2) as [
      { room: string },
      { room: string },
    ];
    const pubsub = await open();
    const [first, second] = [hearing(), hearing()];
    await pubsub.channel(log).subscribe(one, first);
    await pubsub.channel(log).subscribe(two, second);
    for (const message of ['a', 'b']) await pubsub.channel(log).publish(one, message);
    const { position } = await pubsub.channel(log).publish(two, 'c');
    await until(context, 'all is there', () => first.messages.length >= 2 && second.messages.length >= 1);
    expect([first.messages, second.messages, position.offset]).toEqual([['a', 'b'], ['c'], 1]);
  });
}
