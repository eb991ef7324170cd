import { type Driver, rawReply, stringReply } from '@penknife/core';
import { createMemoryDriver } from '@penknife/driver-memory';
import { countingDriver } from '@penknife/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';

let inner: Driver;
beforeEach(() => {
  inner = createMemoryDriver();
});
afterEach(() => inner.close());

const set = { args: ['SET', 'a', 'b'], key: 'a', read: rawReply } as const;
const get = { args: ['GET', 'a'], key: 'a', read: stringReply('GET') } as const;

it('counts each command, lane, feed and list of nodes, and does what it is asked', async () => {
  const { driver, sent } = countingDriver(inner);
  const counts: number[] = [];
  const noted = (): number => counts.push(sent());
  await driver.send(set);
  noted();
  expect(await driver.batch([set, get])).toMatchObject([{ ok: true }, { ok: true, value: 'b' }]);
  noted();
  await driver.transaction([set, get]);
  noted();
  await (await driver.openLane()).close();
  noted();
  for (const lane of await driver.nodes()) await lane.close();
  noted();
  const feed = await driver.openFeed({ message() {}, gap() {}, invalidated() {} });
  await feed.close();
  noted();
  expect(counts).toEqual([1, 3, 5, 6, 7, 8]);
});

it('counts what fails, too', async () => {
  const { driver, sent } = countingDriver(inner);
  await expect(driver.send({ args: ['INCR'], read: rawReply })).rejects.toThrow();
  await inner.close();
  await expect(driver.send(get)).rejects.toMatchObject({ code: 'CLOSED' });
  await expect(driver.openLane()).rejects.toMatchObject({ code: 'CLOSED' });
  expect(sent()).toBe(3);
});

it('counts only what is chosen', async () => {
  const { driver, sent } = countingDriver(inner, ({ args: [name] }) => name === 'SET');
  await driver.send(get).catch(() => undefined);
  await driver.batch([get, set, set]);
  await (await driver.openLane()).close();
  expect(sent()).toBe(2);
});
