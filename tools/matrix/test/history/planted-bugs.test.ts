import type { Driver } from '@penknife/core';
import { sentOf } from '@penknife/core';
import {
  type AmountEvent,
  createChaosDriver,
  createHistory,
  type DeliveryEvent,
  disorder,
  type HoldingEvent,
  imbalances,
  overlaps,
  readDeliveries,
  staleReads,
  type VersionEvent,
} from '@penknife/testing';
import { expect, it } from 'vitest';
import { type MatrixContext, overMatrix } from '../../src/index.js';
import * as samples from './samples.js';

overMatrix('histories', ({ driver, clock }: MatrixContext) => {
  const nowMs = (): number => clock.monotonic();
  const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

  async function lockHistory(take: samples.TakeLock): Promise<readonly object[]> {
    const history = createHistory<HoldingEvent>({ nowMs });
    const drivers = await Promise.all([driver(), driver(), driver()]);
    await Promise.all(drivers.map((each) => each.send(samples.raw('lock', 'GET', 'lock'))));
    const work = async (own: Driver, i: number): Promise<void> => {
      for (const round of numbers(10)) {
        const holder = `${i}/${round}`;
        if (!(await take(own, holder))) continue;
        history.note({ type: 'granted', resource: 'lock', holder });
        await own.send(samples.raw('lock', 'GET', 'lock'));
        history.note({ type: 'ended', resource: 'lock', holder });
        await own.send(samples.raw('lock', 'DEL', 'lock'));
      }
    };
    await Promise.all(drivers.map(work));
    return history.events;
  }

  it('mutual exclusion: looking first and taking then is noticed', async () => {
    expect(overlaps(await lockHistory(samples.takeFree))).toEqual([]);
    expect(overlaps(await lockHistory(samples.lookThenTake))).not.toEqual([]);
  });

  async function jobHistory(take: samples.Take): Promise<readonly object[]> {
    const history = createHistory<DeliveryEvent>({ nowMs });
    const own = await driver();
    for (const i of numbers(5)) {
      history.note({ type: 'sending', id: `${i}` });
      await own.send(samples.raw('{q}jobs', 'RPUSH', '{q}jobs', i));
      history.note({ type: 'sent', id: `${i}` });
    }
    // This consumer dies with what it has taken.
    await take.next(await driver());
    for (const id of await take.recover(own)) history.note({ type: 'handled', id });
    for (let id = await take.next(own); id !== null; id = await take.next(own))
      history.note({ type: 'handled', id });
    return history.events;
  }

  it('at least once: a job that dies with who took it is noticed', async () => {
    const { lost, unknown } = readDeliveries(await jobHistory(samples.takeKept));
    expect({ lost, unknown }).toEqual({ lost: [], unknown: [] });
    expect(readDeliveries(await jobHistory(samples.takeAway)).lost).toEqual(['0']);
  });

  async function orderHistory(giveBack: samples.GiveBack): Promise<readonly object[]> {
    const history = createHistory<DeliveryEvent>({ nowMs });
    const own = await driver();
    for (const i of numbers(4)) await own.send(samples.raw('{q}jobs', 'RPUSH', '{q}jobs', i));
    const first = await samples.takeAway.next(own);
    const second = await samples.takeAway.next(own);
    await giveBack(own, second as string);
    for (let id = first; id !== null; id = await samples.takeAway.next(own))
      history.note({ type: 'delivered', id, key: 'jobs', position: Number(id), to: 'one' });
    return history.events;
  }

  it('order per key: what is given back at the end of the line is noticed', async () => {
    expect(disorder(await orderHistory(samples.giveBackInFront))).toEqual([]);
    expect(disorder(await orderHistory(samples.giveBackBehind))).toEqual([
      'jobs: 1 (1) came to one after 3 (3)',
    ]);
  });

  async function cacheHistory(fill: samples.Fill): Promise<readonly { readonly atMs: number }[]> {
    const history = createHistory<VersionEvent>({ nowMs });
    const [reader, writer] = await Promise.all([driver(), driver()]);
    const write = async (version: number): Promise<void> => {
      history.note({ type: 'writing', key: 'c', version });
      await writer.send(samples.raw('{c}source', 'SET', '{c}source', version));
      await writer.send(samples.raw('{c}cached', 'DEL', '{c}cached'));
      history.note({ type: 'written', key: 'c', version });
    };
    const read = async (name: string, meanwhile: () => Promise<unknown>): Promise<void> => {
      history.note({ type: 'reading', key: 'c', read: name });
      const cached = await reader.send(samples.raw('{c}cached', 'GET', '{c}cached'));
      const version = Number(cached ?? (await reader.send(samples.raw('{c}source', 'GET', '{c}source'))));
      await meanwhile();
      if (cached === null) await fill(reader, version);
      history.note({ type: 'read', key: 'c', read: name, version });
    };
    await write(1);
    await read('slow', () => write(2));
    await read('next', async () => undefined);
    return history.events;
  }

  it('no stale read: a late fill of what was invalidated meanwhile is noticed', async () => {
    expect(staleReads(await cacheHistory(samples.fillCurrent))).toEqual([]);
    expect(staleReads(await cacheHistory(samples.fillAnyway))).toEqual([
      'next of c gave version 1, and 2 was known when it began',
    ]);
  });

  async function bankHistory(transfer: samples.Transfer): Promise<readonly AmountEvent[]> {
    const history = createHistory<AmountEvent>({ nowMs });
    const accounts = ['{b}one', '{b}two', '{b}three'] as const;
    const own = await driver();
    for (const account of accounts) {
      await own.send(samples.raw(account, 'SET', account, 100));
      history.note({ type: 'changed', outcome: 'done', act: 'opening', account, amount: 100 });
    }
    const chaotic = createChaosDriver(own, { seed: 7, rates: { dropBefore: 0.1, dropAfter: 0.2 } }).driver;
    const pay = async (i: number): Promise<void> => {
      const [from, to] = [accounts[i % 3], accounts[(i + 1) % 3]] as [string, string];
      const outcome = await transfer(chaotic, from, to, i + 1).then(
        () => 'done' as const,
        (error: unknown) => (sentOf(error) === 'no' ? undefined : ('maybe' as const)),
      );
      if (outcome === undefined) return;
      history.note({ type: 'changed', outcome, act: `${i}`, account: from, amount: -(i + 1) });
      history.note({ type: 'changed', outcome, act: `${i}`, account: to, amount: i + 1 });
    };
    await Promise.all(numbers(30).map(pay));
    for (const account of accounts) {
      const amount = Number(await own.send(samples.raw(account, 'GET', account)));
      history.note({ type: 'counted', account, amount });
    }
    return history.events;
  }

  it('conservation: a transfer of two halves is noticed, among answers that got lost', async () => {
    const right = await bankHistory(samples.transferAsOne);
    expect(right.some((event) => event.type === 'changed' && event.outcome === 'maybe')).toBe(true);
    expect(imbalances(right)).toEqual([]);
    expect(imbalances(await bankHistory(samples.transferByHand))).not.toEqual([]);
  });
});
