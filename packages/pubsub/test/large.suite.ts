import type { MatrixContext } from '@penknife/matrix';
import { expect } from 'vitest';
import { createPubSub, defineChannel } from '../src/index.js';
import { hearing, until } from './hearing.js';

const fire = defineChannel('large:{room}:fire');
const log = defineChannel('large:{room}:log', { delivery: 'log' });
const room = { room: 'a' };
const size = 50 * 2 ** 20;
/** Half a minute: a busy machine takes its time over as much. */
const turns = 3000;
const full = process.env.PENKNIFE_TIER === 'full';

/** A message of 50 MB, of ours and of somebody else's: servers drop whoever they cannot send it to at once (32 MB). */
export function largeSuite(context: MatrixContext): void {
  const single = context.column.topology === 'single';
  const one = context.where(
    single,
    'the bus of a cluster carries it to every node, which is slow and shows nothing more',
  );
  const stored = context.where(
    single && (context.column.memory || full),
    'servers take three seconds for it, in the full tier; a cluster keeps it on one node like any other',
  );

  one(
    '50 MB that somebody publishes are counted or announced as a gap, and what follows arrives',
    async () => {
      const [here, there] = [createPubSub(await context.driver()), createPubSub(await context.driver())];
      const [struck, beside] = [hearing(), hearing()];
      await there.channel(fire).subscribe(room, struck);
      await there.channel(fire).subscribe({ room: 'b' }, beside);
      const channel = there.channel(fire).stats().live[0]?.channel as string;
      await context.admin('PUBLISH', channel, 'x'.repeat(size));
      const { stats } = there.channel(fire);
      await until(context, 'it is known of', () => stats().foreign + struck.gaps.length > 0, turns);
      for (const [heard, params] of [
        [struck, room],
        [beside, { room: 'b' }],
      ] as const) {
        await here.channel(fire).publish(params, 'after');
        await until(context, 'what follows', () => heard.messages.length > 0, turns);
        expect(heard.messages).toEqual(['after']);
      }
      await Promise.all([here.close(), there.close()]);
    },
  );

  stored(
    '50 MB on a log arrive in their place, read back where the connection was dropped for them',
    async () => {
      const [here, there] = [createPubSub(await context.driver()), createPubSub(await context.driver())];
      const heard = hearing<string>();
      await there.channel(log).subscribe(room, heard as never);
      const call = { deadlineMs: 60_000 };
      await here.channel(log).publish(room, 'before', call);
      await here.channel(log).publish(room, 'x'.repeat(size), call);
      await here.channel(log).publish(room, 'after', call);
      await until(context, 'all three', () => heard.messages.length === 3, turns);
      expect(heard.messages.map((message) => message.length)).toEqual([6, size, 5]);
      expect(heard.gaps.every((gap) => gap.recovered)).toBe(true);
      await Promise.all([here.close(), there.close()]);
    },
  );
}
