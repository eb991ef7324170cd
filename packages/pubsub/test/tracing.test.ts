import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { bytesCodec } from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import { afterEach, describe, expect, it } from 'vitest';
import { createPubSub, defineChannel } from '../src/index.js';
import { hearing, until } from './hearing.js';

// What is traced does not depend on what it runs on.
describe('diagnostics', () => {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  /** What is told on a channel of diagnostics, from now on. */
  function told(name: string): unknown[] {
    const all: unknown[] = [];
    const keep = (message: unknown): void => void all.push(message);
    subscribe(name, keep);
    ends.push(() => unsubscribe(name, keep));
    return all;
  }
  function open() {
    const redis = createMemoryRedis();
    const driver = redis.driver();
    const pubsub = createPubSub(driver);
    ends.push(
      () => redis.close(),
      () => driver.close(),
      () => pubsub.close(),
    );
    return { redis, driver, pubsub };
  }
  const secret = { room: 'the name of a user' };
  const real = { advance: () => new Promise<void>((turn) => setImmediate(turn)) };

  it('publishes are traced with their outcome, by template, without a message or a parameter', async () => {
    const { pubsub } = open();
    const channel = pubsub.channel(defineChannel('room:{room}', { delivery: 'log' }));
    const [begun, failed] = [
      told('tracing:penknife:pubsub.publish:start'),
      told('tracing:penknife:pubsub.publish:error'),
    ];
    await channel.publish(secret, 'a secret');
    await expect(channel.publish(secret, undefined)).rejects.toMatchObject({ code: 'CODEC' });
    expect(begun).toMatchObject([{ template: 'room:{room}', delivery: 'log' }, { template: 'room:{room}' }]);
    expect(failed).toHaveLength(1);
    expect(JSON.stringify(begun)).not.toMatch(/secret|user/);
  });

  it('gaps and what is refused are told with their reason', async () => {
    const { redis, driver, pubsub } = open();
    const channel = pubsub.channel(defineChannel('room:{room}'));
    const other = createPubSub(driver).channel(defineChannel('room:{room}', { codec: bytesCodec }));
    const [gaps, refused] = [told('penknife:pubsub.gap'), told('penknife:pubsub.refused')];
    const heard = hearing();
    await channel.subscribe(secret, heard);
    await other.publish(secret, Uint8Array.of(1));
    await until(real, 'it is refused', () => refused.length > 0);
    redis.faults.cut();
    for (let turn = 0; heard.gaps.length === 0 && turn < 10_000; turn++) await real.advance();
    expect(refused).toMatchObject([{ template: 'room:{room}', why: 'undecodable' }]);
    expect(gaps).toEqual([
      {
        template: 'room:{room}',
        reason: 'interrupted',
        recovered: false,
        missed: undefined,
        unrecovered: 'no-history',
      },
    ]);
    expect(JSON.stringify([refused, gaps])).not.toContain('user');
  });
});
