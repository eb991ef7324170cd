import { ConnectionError } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { beforeEach, expect, it } from 'vitest';
import { createPresence, createPubSub } from '../src/index.js';
import { until } from './hearing.js';
import { type Between, gate, openPresence } from './presence-process.js';
import { member, roster } from './roster.js';

/** A process that comes back under a new name, whatever else happens just then, on whatever the context runs on. */
export function presenceReturnSuite(context: MatrixContext): void {
  // A stall of the machine must not end it.
  const lease = context.column.memory ? 10_000 : 2000;
  let room = '';
  let rooms = 0;
  beforeEach(() => {
    room = `b${++rooms}`;
  });

  const open = (between: Between) => openPresence(context, { lease, room, between });

  it('trap 23: nobody is joined under a new name before its lease has begun', async () => {
    const begin = gate();
    let asked = false;
    const { presence, seen, made } = await open(async ({ act, generation }, send) => {
      if (act === 'begin' && generation === 1) {
        asked = true;
        await begin.opened;
      }
      return send();
    });
    await member(presence.join(room, 'ada'));
    await context.admin('FLUSHALL');
    await until(context, 'the new name is to begin', () => asked, 1000);
    const joining = Promise.all([presence.join(room, 'bob'), presence.join(`${room}-other`, 'cyn')]);
    // Who dies here leaves nothing that no lease tells of.
    for (let turn = 0; turn < 3; turn++) await seen();
    expect([made('enter', 1), made('join', 1)]).toEqual([0, 0]);
    begin.open();
    await joining;
    // More often, when the walk over who is held meets those who have just joined.
    await until(context, 'all are back', () => made('join', 1) >= 3, 1000);
    expect(await seen()).toEqual(['ada', 'bob']);
    await presence.close();
  });

  it('trap 23: who joins after a loss of all data, before it is noticed, leaves no ghost', async () => {
    const beat = gate();
    let held = false;
    const { presence, seen, made } = await open(async ({ act, name }, send) => {
      if (held && act === 'beat' && name !== '') await beat.opened;
      return send();
    });
    await member(presence.join(room, 'ada'));
    held = true;
    await context.admin('FLUSHALL');
    // Under the old name, in a room that the server no longer knows of.
    const bob = await member(presence.join(room, 'bob'));
    expect(made('join', 0)).toBe(2);
    beat.open();
    await until(context, 'both are back', () => made('join', 1) >= 2, 1000);
    await until(context, 'the old name is buried', () => made('bury', 0) > 0, 1000);
    await bob.leave();
    expect(await seen()).toEqual(['ada']);
    await presence.close();
  });

  it('trap 23: nor does who had entered the room before the loss, and hears of it after', async () => {
    const answer = gate();
    let entered = false;
    const { presence, seen, made } = await open(async ({ act, generation }, send) => {
      const reply = await send();
      if (act === 'enter' && generation === 0 && !entered) {
        entered = true;
        await answer.opened;
      }
      return reply;
    });
    const joining = member(presence.join(room, 'ada'));
    await until(context, 'the room is entered', () => entered);
    await context.admin('FLUSHALL');
    await until(context, 'the old name is buried', () => made('bury', 0) > 0, 1000);
    answer.open();
    const ada = await joining;
    expect(await seen()).toEqual(['ada']);
    await ada.leave();
    expect(await seen()).toEqual([]);
    await presence.close();
  });

  it('a process that asks who is here, when its lease is over and it has not found out, takes nobody of its own out', async () => {
    const { presence, seen, made, name } = await open((_, send) => send());
    const told = roster();
    await presence.watch(room, told);
    await member(presence.join(room, 'ada'));
    await context.admin('ZADD', 'pk:ps1:leases:{nodes}', 1, name());
    expect(await seen()).toEqual(['ada']);
    await until(context, 'it is back', () => made('bury', 0) > 0, 1000);
    expect(await seen()).toEqual(['ada']);
    expect(told.heard).toEqual(['present', '+ada']);
    await presence.close();
  });

  it('whoever asks who is here takes out all of the dead, however many there are', async () => {
    const { presence, seen } = await open((_, send) => send());
    const [leases, dying] = ['pk:ps1:leases:{nodes}', 'pk:ps1:dying:{nodes}'];
    const dead = Array.from({ length: 25 }, (_, i) => [1, `dead${i}.0`]).flat();
    await context.admin('ZADD', leases, ...dead);
    expect(await seen()).toEqual([]);
    expect(await context.admin('EXISTS', leases, dying)).toBe(0);
    await presence.close();
  });

  it('trap 23: a leave that is answered after the process brought it back is made again', async () => {
    const answer = gate();
    let leave: (() => Promise<void>) | undefined;
    let leaving: Promise<void> | undefined;
    let left = false;
    const { presence, seen, made } = await open(async ({ act, generation }, send) => {
      if (act === 'join' && generation === 1 && leave !== undefined) {
        leaving = leave();
        leave = undefined;
        await until(context, 'the leave is made', () => left);
      }
      if (act === 'bury' && generation === 0) {
        answer.open();
        await leaving;
      }
      const reply = await send();
      if (act === 'leave' && generation === 1 && !left) {
        left = true;
        await answer.opened;
      }
      return reply;
    });
    const ada = await member(presence.join(room, 'ada'));
    leave = () => ada.leave();
    await context.admin('FLUSHALL');
    await until(context, 'the old name is buried', () => made('bury', 0) > 0, 1000);
    await until(context, 'it is made again', () => made('leave', 1) > 1, 1000);
    expect(await seen()).toEqual([]);
    await presence.close();
  });

  it('trap 23: a process that loses another name on its way back, and meets a fault, brings everybody back', async () => {
    let [joins, faults] = [0, 0];
    let adas = '';
    let joining: Promise<unknown> | undefined;
    const { presence, seen, made } = await open(async ({ act, generation, connection }, send) => {
      if (act === 'join' && generation === 0) adas ||= connection;
      if (act === 'join' && generation === 2 && connection === adas && faults++ === 0) {
        throw new ConnectionError('cut', { sent: 'no' });
      }
      if (act === 'join' && generation === 1 && ++joins === 2) {
        const [name] = (await context.admin('ZRANGE', 'pk:ps1:leases:{nodes}', 0, -1)) as string[];
        await context.admin('FLUSHALL');
        // What another makes of a name whose lease is over.
        await context.admin('SADD', `pk:ps1:rooms:{${name}}`, '');
        joining = presence.join(`${room}-other`, 'cyn').catch(() => undefined);
        await until(context, 'it takes another name', () => made('begin', 2) > 0, 1000);
        await until(context, 'somebody is joined', () => faults > 0 || made('join', 2) > 0, 1000);
      }
      return send();
    });
    for (const user of ['ada', 'bob']) await member(presence.join(room, user));
    await context.admin('FLUSHALL');
    let present: readonly string[] = [];
    for (let turn = 0; turn < 1500 && present.length < 2; turn++) {
      await context.advance(10);
      present = await seen();
    }
    await joining;
    expect([present, faults > 0]).toEqual([['ada', 'bob'], true]);
    await presence.close();
  });

  context.where(context.column.memory, 'only a clock that is moved by hand makes calls last')(
    'a return and a burial that take longer than the lease end no lease: nobody leaves who is held',
    async () => {
      let isSlow = true;
      const slow: Between = async ({ act }, send) => {
        const reply = await send();
        if (isSlow && (act === 'join' || act === 'leave')) {
          await new Promise<void>((resolve) => context.clock.timer(400, resolve));
        }
        return reply;
      };
      const users = Array.from({ length: 30 }, (_, index) => `user-${index}`);
      const [mine, other, dead] = [await open(slow), await open(slow), await context.driver()];
      const doomed = createPresence(createPubSub(dead), { lease, grace: 0 });
      for (const user of users) await member(doomed.join(`${room}-${user}`, user));
      const held = users.flatMap((user) => [
        mine.presence.join(room, user),
        other.presence.join(room, `${user}!`),
      ]);
      let joined = 0;
      for (const joining of held) void joining.then(() => joined++);
      await until(context, 'they have joined', () => joined === held.length);
      const told = roster();
      await other.presence.watch(room, told);
      await context.admin('ZREM', 'pk:ps1:leases:{nodes}', mine.name());
      const comesBack = async (what: string, holds: () => boolean | Promise<boolean>): Promise<void> => {
        for (let second = 0; second < 100 && !(await holds()); second++) await context.advance(1000);
        expect(await holds(), what).toBe(true);
      };
      await comesBack('it is back', () => mine.made('join', 1) === users.length && mine.made('bury', 0) > 0);
      await dead.close();
      await comesBack(
        'the dead are gone',
        async () => ((await context.admin('KEYS', `pk:ps1:users:*${room}-*`)) as string[]).length === 0,
      );
      expect(told.heard.slice(1)).toEqual([]);
      expect([mine.made('begin', 2), other.made('begin', 1)]).toEqual([0, 0]);
      isSlow = false;
      await context.advance(1000);
      await Promise.all([mine.presence.close(), other.presence.close()]);
    },
  );

  context.where(context.column.memory, 'only a clock that is moved by hand is exact')(
    'a return that meets a fault puts off no look at a lease that ends before',
    async () => {
      const dead = await context.driver();
      const doomed = createPresence(createPubSub(dead), { lease, grace: 0 });
      let faults = 0;
      const { presence, name } = await open(async ({ act, generation }, send) => {
        if (act === 'join' && generation === 1 && faults++ < 2) {
          throw new ConnectionError('cut', { sent: 'no' });
        }
        return send();
      });
      await member(presence.join(room, 'ada'));
      await member(doomed.join(`${room}-doomed`, 'bob'));
      await dead.close();
      for (const ms of [4000, 4000, lease - 8300]) await context.advance(ms);
      // What another makes of a name whose lease is over.
      await context.admin('ZREM', 'pk:ps1:leases:{nodes}', name());
      await context.admin('SADD', `pk:ps1:rooms:{${name()}}`, '');
      await presence.join(`${room}-other`, 'cyn').catch(() => undefined);
      await context.advance(500);
      expect([faults > 1, await context.admin('EXISTS', `pk:ps1:users:{presence:${room}-doomed}`)]).toEqual([
        true,
        0,
      ]);
      await presence.close();
    },
  );

  context.where(context.column.memory, 'claims last for seconds')(
    'trap 23: one of the dead that cannot be removed keeps nobody from removing the others, and no close waits for them',
    async () => {
      const [first, second] = [await context.driver(), await context.driver()];
      const names: string[] = [];
      for (const [index, driver] of [first, second].entries()) {
        const presence = createPresence(createPubSub(driver), { lease: lease * 10, grace: 0 });
        await member(presence.join(`${room}-${index}`, 'ada'));
        const all = (await context.admin('ZRANGE', 'pk:ps1:leases:{nodes}', 0, -1)) as string[];
        names.push(...all.filter((name) => !names.includes(name)));
        await driver.close();
      }
      const held = gate();
      const met = [0, 0];
      let [refuses, holds] = [true, false];
      const { presence } = await open(async ({ act, name }, send) => {
        const index = act === 'leave' || act === 'bury' ? names.findIndex((one) => name.includes(one)) : -1;
        if (index >= 0) met[index] = (met[index] ?? 0) + 1;
        if (index === 0 && holds) await held.opened;
        if (index === 0 && refuses) throw new ConnectionError('cut', { sent: 'no' });
        return send();
      });
      const users = (index: number) => context.admin('EXISTS', `pk:ps1:users:{presence:${room}-${index}}`);
      const die = async () => {
        for (const [index, name] of names.entries())
          await context.admin('ZADD', 'pk:ps1:leases:{nodes}', index + 1, name);
      };
      await presence.watch(room, roster());
      await die();
      await until(context, 'the second is gone', () => (met[1] ?? 0) > 0, 1000);
      expect([await users(0), await users(1)]).toEqual([1, 0]);
      // The claim is over in 5 s: it is tried again, and held up.
      const tried = met[0] ?? 0;
      [refuses, holds] = [false, true];
      await until(context, 'it is tried again', () => (met[0] ?? 0) > tried, 2000);
      await die();
      const before = met[1];
      await context.advance(lease);
      const closing = presence.close();
      held.open();
      await closing;
      expect([await users(0), met[1]]).toEqual([0, before]);
    },
  );
}
