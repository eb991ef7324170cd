import { ConnectionError } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { beforeEach, expect, it } from 'vitest';
import { until } from './hearing.js';
import { type Between, gate, openPresence } from './presence-process.js';
import { member, roster } from './roster.js';

/** A process that is closed, and what it hands over, on whatever the context runs on. */
export function presenceHandoverSuite(context: MatrixContext): void {
  // A stall of the machine must not end it.
  const lease = context.column.memory ? 10_000 : 2000;
  let room = '';
  let rooms = 0;
  beforeEach(() => {
    room = `h${++rooms}`;
  });
  const open = (between: Between) => openPresence(context, { lease, room, between });

  context.where(context.column.memory, 'only a clock that is moved by hand makes calls last')(
    'a process that is closed on its way back hands over all that it holds, or brings back no more of it',
    async () => {
      const users = Array.from({ length: 30 }, (_, index) => `user-${index}`);
      for (const handOver of ['1m', undefined] as const) {
        const place = `${room}-${handOver}`;
        const { presence, made, name } = await open(async ({ act, generation }, send) => {
          const reply = await send();
          if (act === 'join' && generation === 1) {
            await new Promise<void>((resolve) => context.clock.timer(400, resolve));
          }
          return reply;
        });
        for (const user of users) await member(presence.join(place, user));
        const watcher = (await open((_, send) => send())).presence;
        const told = roster();
        await watcher.watch(place, told);
        await context.admin('ZREM', 'pk:ps1:leases:{nodes}', name());
        await until(context, 'it is on its way', () => made('join', 1) > 2, 1000);
        let isClosed = false;
        const closing = presence.close(handOver === undefined ? {} : { handOver }).then(() => {
          isClosed = true;
        });
        for (let second = 0; second < 60 && !isClosed; second++) await context.advance(1000);
        await closing;
        const heard = () => told.heard.slice(1).length;
        if (handOver === undefined) {
          expect([made('join', 1) < 10, heard()]).toEqual([true, users.length]);
        } else {
          for (let second = 0; second < 30; second++) await context.advance(1000);
          expect([made('join', 1), heard()]).toEqual([users.length, 0]);
          for (let second = 0; second < 35; second++) await context.advance(1000);
          expect(heard()).toBe(users.length);
        }
        await watcher.close();
      }
    },
  );

  it('hands over all that it holds also when its lease is over and no beat has found out', async () => {
    const { presence, name } = await open((_, send) => send());
    for (const user of ['ada', 'bob']) await member(presence.join(room, user));
    const other = await open((_, send) => send());
    await context.admin('ZREM', 'pk:ps1:leases:{nodes}', name());
    await presence.close({ handOver: '1m' });
    // Under a lease: without one they would never be taken out.
    expect(await context.admin('ZRANGE', 'pk:ps1:leases:{nodes}', '0', '-1')).toEqual([
      name().replace(/0$/, '1'),
    ]);
    expect(await other.seen()).toEqual(['ada', 'bob']);
    await other.presence.close();
  });

  it.each(['begin', 'join'] as const)(
    'hands over all that it holds also when its return has met a fault: the first %s',
    async (act) => {
      let met = false;
      const { presence, name } = await open(async (call, send) => {
        if (!met && call.act === act && call.generation === 1) {
          met = true;
          throw new ConnectionError('planted', { sent: 'no' });
        }
        return send();
      });
      for (const user of ['ada', 'bob']) await member(presence.join(room, user));
      const other = await open((_, send) => send());
      await context.admin('ZREM', 'pk:ps1:leases:{nodes}', name());
      await until(context, 'the return has met it', () => met, 1000);
      await presence.close({ handOver: '1m' });
      expect(await other.seen()).toEqual(['ada', 'bob']);
      await other.presence.close();
    },
  );

  context.where(context.column.memory, 'only a clock that is moved by hand makes calls last')(
    'is closed in time when the server goes away, however many are still to be removed',
    async () => {
      let isAway = false;
      const { presence } = await open(async (_, send) => {
        if (!isAway) return send();
        await new Promise<void>((resolve) => context.clock.timer(5000, resolve));
        throw new ConnectionError('planted', { sent: 'maybe' });
      });
      const members = await Promise.all(
        Array.from({ length: 200 }, (_, n) => member(presence.join(room, `user-${n}`))),
      );
      isAway = true;
      for (const each of members) each.leave({ now: true }).catch(() => undefined);
      await context.advance(5001);
      const startMs = context.clock.now();
      const closing = presence.close({ handOver: '1m' }).catch((error: Error) => error.message);
      let tookMs = 0;
      void closing.then(() => {
        tookMs = context.clock.now() - startMs;
      });
      for (let second = 0; second < 60; second++) await context.advance(1000);
      expect(await closing).toBe('planted');
      // A lease, and what is under way before, in and after it; ten rounds of removals would be 50 s.
      expect(tookMs).toBeLessThanOrEqual(lease + 3 * 5000);
    },
  );

  it.each([
    ['the server was not told at once', false],
    ['the server was not told at once, and its last beat meets a fault', true],
  ])('does not hand over who has left, though %s', async (_why, isMet) => {
    let [refuses, meets] = [true, false];
    const { presence, seen } = await open(async ({ act }, send) => {
      if (act === 'leave' && refuses) throw new ConnectionError('planted', { sent: 'maybe' });
      if (act === 'beat' && meets) {
        meets = false;
        throw new ConnectionError('planted', { sent: 'no' });
      }
      return send();
    });
    const ada = await member(presence.join(room, 'ada'));
    await member(presence.join(room, 'bob'));
    await expect(ada.leave({ now: true })).rejects.toThrow('planted');
    expect(await seen()).toEqual(['ada', 'bob']);
    [refuses, meets] = [false, isMet];
    await presence.close({ handOver: '1m' });
    expect(meets).toBe(false);
    const other = await open((_, send) => send());
    expect(await other.seen()).toEqual(['bob']);
    await other.presence.close();
  });

  context.where(context.column.memory, 'only a clock that is moved by hand shows that nothing is due')(
    'a process in which nobody watches any more looks no more, also when it was just looking',
    async () => {
      const [asked, answer] = [gate(), gate()];
      let beats = 0;
      const { presence } = await open(async ({ act }, send) => {
        if (act !== 'beat') return send();
        beats++;
        asked.open();
        await answer.opened;
        return send();
      });
      const view = await presence.watch(room, roster());
      await context.advance(1);
      await asked.opened;
      await view.close();
      answer.open();
      await context.advance(3 * lease);
      expect(beats).toBe(1);
      await presence.close();
    },
  );
}
