import { type ClientKind, ioredisClient, nodeRedisClient } from '@penknife/matrix';
import { requireServers, type ServerNode, startServer, withClient } from '@penknife/redis-servers';
import { type FaultProxy, startFaultProxy } from '@penknife/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { type ChannelEvent, createPubSub, defineChannel } from '../src/index.js';
import { hearing, until } from './hearing.js';
import { unannounced } from './soak-checker.js';

const full = process.env.PENKNIFE_TIER === 'full';
/** Set the variable for a longer run, or a shorter one. */
const messages = Number(process.env.PENKNIFE_SOAK_MESSAGES ?? (full ? 100_000 : 2000));
const cuts = Math.max(8, Math.floor(messages / 500));
const clients: readonly ClientKind[] = full ? [ioredisClient, nodeRedisClient] : [ioredisClient];
const size = 1000;
const fire = defineChannel('soak:{of}:fire');
const log = defineChannel('soak:{of}:log', { delivery: 'log', history: { size } });
const params = { of: 'a' };
const haveServers = await requireServers();
const real = { advance: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)) };

describe.skipIf(!haveServers)('a connection that is cut again and again', () => {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  /** A subscriber behind a proxy, and a publisher beside it. */
  async function open(client: ClientKind) {
    const server: ServerNode = await startServer();
    ends.push(() => server.stop());
    const proxy: FaultProxy = await startFaultProxy({ port: server.port });
    ends.push(() => proxy.close());
    const drivers = [proxy.port, server.port].map((port) => client.single({ port }, {}).driver);
    for (const driver of drivers) ends.push(() => driver.close());
    const [there, here] = drivers.map((driver) => createPubSub(driver)) as [
      ReturnType<typeof createPubSub>,
      ReturnType<typeof createPubSub>,
    ];
    return { server, proxy, here, there };
  }

  it.each(clients)(
    `${messages} messages, ${cuts} cuts: every cut is announced, and a log loses nothing: $name`,
    async (client) => {
      const { proxy, here, there } = await open(client);
      const [onFire, onLog] = [hearing(), hearing()];
      await there.channel(fire).subscribe(params, onFire, { queueLimit: messages });
      await there.channel(log).subscribe(params, onLog, { queueLimit: messages });
      const order: number[] = [];
      let next = 1;
      const publish = async (): Promise<void> => {
        const number = next++;
        const [{ position }] = await Promise.all([
          here.channel(log).publish(params, number),
          here.channel(fire).publish(params, number),
        ]);
        order[position.offset - 1] = number;
      };
      const each = Math.floor(messages / cuts / 2);
      for (let cut = 1; cut <= cuts; cut++) {
        // Less than the log keeps: what is missed can always be read back.
        const before = Array.from({ length: each }, publish);
        await before[each >> 1];
        proxy.cut();
        await Promise.all([...before, ...Array.from({ length: each }, publish)]);
        await until(real, `gap ${cut}`, () => onFire.gaps.length >= cut && onLog.gaps.length >= cut);
      }
      await publish();
      const last = next - 1;
      await until(real, 'the end', () => onLog.messages.length >= last && onFire.messages.at(-1) === last);
      expect(onLog.messages).toEqual(order);
      expect(order).toEqual(Array.from({ length: last }, (_, i) => i + 1));
      expect(onLog.gaps.every(({ recovered }) => recovered)).toBe(true);
      expect(onFire.gaps).toHaveLength(cuts);
      expect(unannounced(onFire.events)).toBeUndefined();
      if (onFire.messages.length < last) {
        // A hole without its gap would have been noticed.
        expect(unannounced(onFire.events.filter(({ type }) => type === 'message'))).toMatch(
          /no gap says why/,
        );
      }
    },
    full ? 300_000 : 30_000,
  );

  it('what is missed beyond the history is said not to be recovered', async () => {
    const { proxy, here, there } = await open(ioredisClient);
    const heard = hearing();
    await there.channel(log).subscribe(params, heard);
    await here.channel(log).publish(params, 1);
    await until(real, 'the first', () => heard.messages.length > 0);
    proxy.refuse();
    const missed = size + 50;
    await Promise.all(Array.from({ length: missed }, (_, i) => here.channel(log).publish(params, i + 2)));
    proxy.heal();
    await until(real, 'the last', () => heard.messages.at(-1) === missed + 1);
    const gaps = heard.gaps.filter(({ recovered }) => !recovered);
    expect(gaps).toMatchObject([{ reason: 'interrupted', unrecovered: 'truncated' }]);
    // A history may hold a hundredth more than its size.
    expect(gaps[0]?.missed).toBeLessThanOrEqual(missed - size);
    expect(gaps[0]?.missed).toBeGreaterThanOrEqual(Math.floor(missed - size * 1.01));
    expect(unannounced(heard.events)).toBeUndefined();
  });

  it.each([ioredisClient, nodeRedisClient])(
    'trap 1: fifty megabytes of somebody else cost a cut at most, and nobody a message: $name',
    async (client) => {
      const { server, here, there } = await open(client);
      const [onFire, onLog] = [hearing(), hearing()];
      const channel = there.channel(log);
      await there.channel(fire).subscribe(params, onFire);
      await channel.subscribe(params, onLog);
      const [subscribed] = channel.stats().live;
      // More than a server keeps for a subscriber by default: it drops the connection rather than wait.
      const rubbish = 'x'.repeat(50_000_000);
      await withClient(server.port, (admin) => admin.command('PUBLISH', subscribed?.channel ?? '', rubbish));
      await here.channel(log).publish(params, 1);
      await until(real, 'what follows', () => onLog.messages.length > 0);
      await until(
        real,
        'it was counted, or cut',
        () => channel.stats().foreign === 1 || onFire.gaps.length === 1,
      );
      await here.channel(fire).publish(params, 2);
      await until(real, 'the other channel', () => onFire.messages.length > 0);
      expect([onLog.messages, onFire.messages]).toEqual([[1], [2]]);
      expect(onLog.gaps.every(({ recovered }) => recovered)).toBe(true);
    },
  );

  it('the checker notices a hole without a gap, a repetition and a step back', () => {
    const of = (message: number) => ({ type: 'message', message }) as ChannelEvent<unknown>;
    const gap = (recovered: boolean) => ({ type: 'gap', recovered }) as ChannelEvent<unknown>;
    expect(unannounced([of(1), of(2), gap(false), of(5), of(6)])).toBeUndefined();
    expect(unannounced([of(1), of(3)])).toBe('3 after 1, and no gap says why');
    expect(unannounced([of(1), gap(true), of(3)])).toBe('3 after 1, and no gap says why');
    expect(unannounced([of(1), gap(false), of(1)])).toBe('1 after 1');
    expect(unannounced([of(2), gap(false), of(1)])).toMatch(/2 after 0/);
  });
});
