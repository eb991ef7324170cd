import { ConnectionError, type Driver } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { beforeEach, expect, it } from 'vitest';
import { createPresence, createPubSub } from '../src/index.js';
import { until } from './hearing.js';
import { member, roster } from './roster.js';

/** Presence when something of it does not reach the server, or its answer is lost, on whatever the context runs on. */
export function presenceFaultsSuite(context: MatrixContext): void {
  // On a server the clock is real: leases as short as a test may wait.
  const leaseMs = context.column.memory ? 10_000 : 200;
  let room = '';
  let rooms = 0;
  beforeEach(() => {
    room = `f${++rooms}`;
  });
  const openWatcher = async (lease = leaseMs) =>
    createPresence(createPubSub(await context.driver()), { lease, grace: 0 });

  it('trap 23: a leave that meets a fault, and a join whose answer is lost, leave no ghost', async () => {
    const inner = await context.driver();
    let lost: 'leave' | 'join' | undefined;
    const faulty: Driver = {
      ...inner,
      async send(command, call) {
        const meets = lost !== undefined && command.script?.name === `pubsub/presence-${lost}`;
        // A join is made, and its answer is lost; a leave is not made at all.
        if (!meets || lost === 'join') {
          const answer = await inner.send(command, call);
          if (!meets) return answer;
        }
        lost = undefined;
        throw new ConnectionError('cut', { sent: 'maybe' });
      },
    };
    const presence = createPresence(createPubSub(faulty), { lease: leaseMs, grace: 0 });
    const watcher = await openWatcher();
    const told = roster();
    await watcher.watch(room, told);
    const tab = await member(presence.join(room, 'ada'));
    lost = 'leave';
    await expect(tab.leave()).rejects.toMatchObject({ code: 'CONNECTION' });
    await until(context, 'ada is gone', () => told.heard.includes('-ada'), 1000);
    lost = 'join';
    await expect(presence.join(room, 'bob')).rejects.toMatchObject({ code: 'CONNECTION' });
    await until(context, 'bob is gone', () => told.heard.includes('-bob'), 1000);
    expect(await watcher.who(room)).toEqual([]);
    await Promise.all([presence.close(), watcher.close()]);
  });

  it('trap 23: what was never sent is not removed; and removing, however long it takes, holds up no lease', async () => {
    const inner = await context.driver();
    const sent = { leaves: 0, beats: 0 };
    let refuses = false;
    let open: () => void = () => undefined;
    let gate: Promise<void> | undefined;
    const faulty: Driver = {
      ...inner,
      async send(command, call) {
        const name = command.script?.name;
        if (name === 'pubsub/presence-join' && refuses) throw new ConnectionError('cut', { sent: 'no' });
        if (name === 'pubsub/presence-leave') {
          sent.leaves++;
          await gate;
        }
        const answer = await inner.send(command, call);
        if (name === 'pubsub/presence-beat') sent.beats++;
        return answer;
      },
    };
    const beats = async (): Promise<void> => {
      const wanted = sent.beats + 3;
      await until(context, 'the lease is renewed', () => sent.beats >= wanted, 2000);
    };
    // A stall of the machine must not end it: who is held has to be there to the end.
    const lease = Math.max(leaseMs, 1000);
    const presence = createPresence(createPubSub(faulty), { lease, grace: 0 });
    const [bob, ada] = [await member(presence.join(room, 'bob')), await member(presence.join(room, 'ada'))];
    refuses = true;
    for (let i = 0; i < 5; i++) await expect(presence.join(room, 'cleo')).rejects.toThrow('cut');
    await beats();
    expect(sent.leaves).toBe(0);
    refuses = false;
    gate = new Promise((resolve) => {
      open = resolve;
    });
    const leaving = ada.leave();
    await beats();
    open();
    await leaving;
    expect((await presence.who(room)).map(({ user }) => user)).toEqual(['bob']);
    await bob.leave();
    await presence.close();
  });

  it('trap 23: who comes back after a lost server and meets a fault on the way comes back all the same', async () => {
    const inner = await context.driver();
    let faults = 0;
    let lost = false;
    const faulty: Driver = {
      ...inner,
      async send(command, call) {
        if (lost && command.script?.name === 'pubsub/presence-join' && faults++ === 0)
          throw new ConnectionError('cut', { sent: 'no' });
        return inner.send(command, call);
      },
    };
    const lease = Math.max(leaseMs, 1000);
    const presence = createPresence(createPubSub(faulty), { lease, grace: 0 });
    for (const user of ['ada', 'bob']) await member(presence.join(room, user));
    lost = true;
    await context.admin('FLUSHALL');
    let present: readonly string[] = [];
    for (let turn = 0; turn < 1500 && (faults === 0 || present.length < 2); turn++) {
      await context.advance(10);
      present = (await presence.who(room)).map(({ user }) => user).sort();
    }
    expect(faults).toBeGreaterThan(1);
    expect(present).toEqual(['ada', 'bob']);
    await presence.close();
  });

  it.each([
    ['', false],
    [', nor by a join whose answer is lost', true],
  ])(
    'trap 23: who leaves while a process comes back under its new name is not brought back%s',
    async (_, loses) => {
      const inner = await context.driver();
      let [lost, left] = [false, false];
      let answersLost = 0;
      let leave: () => Promise<void> = async () => undefined;
      const slow: Driver = {
        ...inner,
        async send(command, call) {
          if (lost && command.script?.name === 'pubsub/presence-enter') {
            // It is on its way back in, and leaves before it is there.
            lost = false;
            await leave();
          }
          const answer = await inner.send(command, call);
          const isAdas = command.script?.name === 'pubsub/presence-join' && command.args.includes('ada');
          if (loses && left && isAdas && answersLost++ === 0)
            throw new ConnectionError('cut', { sent: 'maybe' });
          return answer;
        },
      };
      const lease = Math.max(leaseMs, 1000);
      const presence = createPresence(createPubSub(slow), { lease, grace: 0 });
      const [ada] = [await member(presence.join(room, 'ada')), await member(presence.join(room, 'bob'))];
      leave = async () => {
        await ada.leave();
        left = true;
      };
      lost = true;
      await context.admin('FLUSHALL');
      let present: readonly string[] = [];
      for (let turn = 0; turn < 1500 && !(left && present.join() === 'bob'); turn++) {
        await context.advance(10);
        present = (await presence.who(room)).map(({ user }) => user);
      }
      expect([left, answersLost, present]).toEqual([true, loses ? 1 : 0, ['bob']]);
      await presence.close();
    },
  );

  it('trap 23: who joins at the moment in which a process comes back under its new name is present', async () => {
    const inner = await context.driver();
    let renewals = 0;
    let lost = false;
    let returns: () => void = () => undefined;
    const returning = new Promise<void>((resolve) => {
      returns = resolve;
    });
    const slow: Driver = {
      ...inner,
      async send(command, call) {
        const name = command.script?.name;
        // It enters under the old name, just when the process takes another.
        if (lost && name === 'pubsub/presence-enter') {
          lost = false;
          await returning;
        }
        if (name === 'pubsub/presence-beat') {
          if (command.args.includes('renew')) renewals++;
          else if (renewals > 0) returns();
        }
        return inner.send(command, call);
      },
    };
    const lease = Math.max(leaseMs, 1000);
    const presence = createPresence(createPubSub(slow), { lease, grace: 0 });
    const bob = await member(presence.join(`${room}-before`, 'bob'));
    await bob.leave();
    lost = true;
    const joining = member(presence.join(room, 'ada'));
    await context.admin('FLUSHALL');
    let isMember = false;
    void joining.then(() => {
      isMember = true;
    });
    await until(context, 'ada has joined', () => isMember, 1000);
    const wanted = renewals + 2;
    await until(context, 'two beats', () => renewals >= wanted, 2000);
    expect((await presence.who(room)).map(({ user }) => user)).toEqual(['ada']);
    await presence.close();
  });

  it('trap 23: a close that meets faults ends the process all the same', async () => {
    const inner = await context.driver();
    let lost = 0;
    const faulty: Driver = {
      ...inner,
      async send(command, call) {
        // The first is of the connection that has left already; what follows is of all that are held.
        if (command.script?.name === 'pubsub/presence-leave' && lost++ === 0) {
          throw new ConnectionError('cut', { sent: 'no' });
        }
        return inner.send(command, call);
      },
    };
    const presence = createPresence(createPubSub(faulty), { lease: '10s', grace: '1m' });
    const watcher = await openWatcher(10_000);
    const told = roster();
    await watcher.watch(room, told);
    const tab = await member(presence.join(room, 'ada'));
    await member(presence.join(room, 'bob'));
    await tab.leave();
    await presence.close();
    await until(context, 'both left', () => told.heard.length === 5);
    expect(told.heard.slice(3).sort()).toEqual(['-ada', '-bob']);
    expect(lost).toBeGreaterThan(1);
    await watcher.close();
    expect(await context.admin('EXISTS', 'pk:ps1:leases:{nodes}')).toBe(0);
  });
}
