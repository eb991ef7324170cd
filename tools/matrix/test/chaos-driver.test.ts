import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type Command, ConnectionError, type Reply, rawReply } from '@penknife/core';
import { type CallFault, createChaosDriver } from '@penknife/testing';
import { expect, it } from 'vitest';
import { overMatrix } from '../src/index.js';

const keyed = (name: Uppercase<string>, key: string, ...rest: (string | number)[]): Command<Reply> => ({
  args: [name, key, ...rest],
  key,
  read: rawReply,
});

const key = 'chaos:{1}:set';

overMatrix('the chaos driver', ({ driver, admin, advance }) => {
  it('drops before and after, and is honest about it', async () => {
    const plan: readonly (CallFault | undefined)[] = ['drop-before', 'drop-after', undefined];
    const chaos = createChaosDriver(await driver(), { seed: 1, plan: ({ number }) => plan[number] });
    const add = (member: string): Promise<unknown> => chaos.driver.send(keyed('SADD', key, member));
    await expect(add('before')).rejects.toMatchObject({ code: 'CONNECTION', sent: 'no' });
    await expect(add('after')).rejects.toMatchObject({ code: 'CONNECTION', sent: 'maybe' });
    expect(await add('right')).toBe(1);
    expect([...((await admin('SMEMBERS', key)) as string[])].sort()).toEqual(['after', 'right']);
    expect(chaos.faults.map(({ fault }) => fault)).toEqual(['drop-before', 'drop-after']);
  });

  it('repeats by seed, and keeps what it says: unsent never ran, answered ran once', async () => {
    const faults: unknown[] = [];
    for (let round = 0; round < 2; round++) {
      const chaos = createChaosDriver(await driver(), {
        seed: 11,
        rates: { dropBefore: 0.3, dropAfter: 0.3 },
      });
      const told = new Map<string, string>();
      for (let call = 0; call < 60; call++) {
        const member = `${round}-${call}`;
        await chaos.driver.send(keyed('HINCRBY', key, member, 1)).then(
          () => told.set(member, 'ran'),
          (error: ConnectionError) => told.set(member, error.sent),
        );
      }
      faults.push(chaos.faults.map(({ call, fault }) => [call, fault]));
      for (const [member, fate] of told) {
        const count = await admin('HGET', key, member);
        expect(count, fate).toBe(fate === 'no' ? null : '1');
      }
      expect(new Set(told.values())).toEqual(new Set(['ran', 'no', 'maybe']));
    }
    expect(faults[0]).toEqual(faults[1]);
  });

  it('gives every command of a broken batch the same fate, and refuses bad arguments all the same', async () => {
    const chaos = createChaosDriver(await driver(), { seed: 1, plan: () => 'drop-after' });
    const results = await chaos.driver.batch([keyed('SADD', key, 'a'), keyed('SADD', key, 'b')]);
    expect(results.map((outcome) => !outcome.ok && (outcome.error as ConnectionError).sent)).toEqual([
      'maybe',
      'maybe',
    ]);
    await expect(chaos.driver.batch([keyed('SADD', key, Number.NaN)])).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    expect(await admin('SCARD', key)).toBe(2);
  });

  it('is closed when the driver inside is, whatever the faults: nobody may go on trying for ever', async () => {
    const inner = await driver();
    const chaos = createChaosDriver(inner, { seed: 1, plan: () => 'drop-before' });
    chaos.disconnect();
    await inner.close();
    const closed = { code: 'CLOSED' };
    await expect(chaos.driver.send(keyed('SADD', key, 'x'))).rejects.toMatchObject(closed);
    await expect(chaos.driver.batch([keyed('SADD', key, 'x')])).rejects.toMatchObject(closed);
    await expect(chaos.driver.transaction([keyed('SADD', key, 'x')])).rejects.toMatchObject(closed);
    await expect(chaos.driver.openLane({ key })).rejects.toMatchObject(closed);
    await expect(chaos.driver.nodes()).rejects.toMatchObject(closed);
  });

  it('delays on the driver’s clock', async () => {
    const inner = await driver();
    const chaos = createChaosDriver(inner, { seed: 1, plan: () => 'delay', rates: { maxDelayMs: 20 } });
    const before = inner.clock.monotonic();
    const reply = chaos.driver.send(keyed('SADD', key, 'late'));
    await advance(20);
    expect(await reply).toBe(1);
    expect(inner.clock.monotonic()).toBeGreaterThan(before);
  });

  it('lets a deadline come first: unsent before a delay is over, perhaps run when the answer is late', async () => {
    const inner = await driver();
    // Connected before: what is awaited here is chaos, not a connection.
    await inner.send(keyed('DEL', key));
    const plan: readonly CallFault[] = ['delay', 'delay-answer', 'delay'];
    const chaos = createChaosDriver(inner, {
      seed: 3,
      plan: ({ number }) => plan[number],
      rates: { maxDelayMs: 1e9 },
    });
    const add = (member: string) => chaos.driver.send(keyed('SADD', key, member), { deadlineMs: 20 });
    const early = expect(add('early')).rejects.toMatchObject({ code: 'CONNECTION', sent: 'no' });
    await advance(20);
    await early;
    const late = expect(add('late')).rejects.toMatchObject({ code: 'DEADLINE', sent: 'maybe' });
    for (let i = 0; i < 20 && (await admin('EXISTS', key)) === 0; i++) await advance(5);
    await advance(20);
    await late;
    const controller = new AbortController();
    const aborted = expect(
      chaos.driver.send(keyed('SADD', key, 'aborted'), { signal: controller.signal }),
    ).rejects.toMatchObject({ code: 'ABORTED', sent: 'no' });
    controller.abort();
    await aborted;
    expect(await admin('SMEMBERS', key)).toEqual(['late']);
  });

  it('feeds of a driver that is disconnected take no subscription, and stay silent when they are renewed', async () => {
    const chaos = createChaosDriver(await driver(), { seed: 1 });
    const heard: string[] = [];
    const feed = await chaos.driver.openFeed({
      message: (_kind, _channel, payload) => void heard.push(Buffer.from(payload).toString()),
      gap: () => undefined,
      invalidated: () => undefined,
    });
    await feed.subscribe('channel', key);
    chaos.disconnect();
    await expect(feed.subscribe('channel', 'other')).rejects.toMatchObject({
      code: 'CONNECTION',
      sent: 'no',
    });
    feed.renew('planned');
    for (let i = 0; i < 400 && chaos.missed === 0; i++) {
      await admin('PUBLISH', key, 'lost');
      await advance(5);
    }
    expect(chaos.missed).toBeGreaterThan(0);
    expect(heard).toEqual([]);
    await feed.close();
  });

  it('what a sink throws or rejects with is reported, and keeps no other feed from its gap', async () => {
    const chaos = createChaosDriver(await driver(), { seed: Number.MAX_SAFE_INTEGER });
    const reported: unknown[] = [];
    const onMessage = (message: unknown): void => void reported.push((message as { error: unknown }).error);
    subscribe('penknife:listener.error', onMessage);
    const gaps: string[] = [];
    const quiet = { message: () => undefined, invalidated: () => undefined };
    await chaos.driver.openFeed({
      ...quiet,
      gap() {
        throw new Error('thrown');
      },
      async invalidated() {
        throw new Error('rejected');
      },
    });
    await chaos.driver.openFeed({ ...quiet, gap: (_scope, reason) => void gaps.push(reason) });
    chaos.disconnect();
    chaos.reconnect();
    for (let i = 0; i < 10 && reported.length < 2; i++) await advance(1);
    unsubscribe('penknife:listener.error', onMessage);
    expect(gaps).toHaveLength(1);
    expect(reported.map(String)).toEqual(['Error: thrown', 'Error: rejected']);
  });

  it('disconnects: calls fail unsent, lanes are lost, feeds miss and then tell their gap', async () => {
    const inner = await driver();
    const chaos = createChaosDriver(inner, { seed: 1 });
    const heard: string[] = [];
    const feed = await chaos.driver.openFeed({
      message: (_kind, _channel, payload) => void heard.push(Buffer.from(payload).toString()),
      gap: (_scope, reason) => void heard.push(`gap: ${reason}`),
      invalidated: () => undefined,
    });
    await feed.subscribe('channel', 'news');
    const publish = (text: string): Promise<unknown> => inner.send({ ...keyed('PUBLISH', 'news', text) });
    const hears = async (count: number): Promise<void> => {
      for (let i = 0; i < 400 && heard.length < count; i++) await advance(5);
      expect(heard).toHaveLength(count);
    };
    await publish('one');
    await hears(1);
    const lane = await chaos.driver.openLane({ key });
    const blocked = lane.send(keyed('BLPOP', 'chaos:{1}:list', 0));
    chaos.disconnect();
    await expect(blocked).rejects.toMatchObject({ sent: 'maybe' });
    expect(lane.lost.aborted).toBe(true);
    await expect(lane.send(keyed('GET', key))).rejects.toBeInstanceOf(ConnectionError);
    await expect(chaos.driver.send(keyed('SADD', key, 'x'))).rejects.toMatchObject({ sent: 'no' });
    await expect(chaos.driver.openLane()).rejects.toMatchObject({ sent: 'no' });
    await publish('missed');
    await advance(50);
    chaos.reconnect();
    await publish('two');
    await hears(3);
    expect(heard).toEqual(['one', 'gap: chaos: the connection was lost', 'two']);
    expect(await chaos.driver.send(keyed('SADD', key, 'x'))).toBe(1);
  });
});
