import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Command, rawReply } from '@penknife/core';
import { createMemoryDriver } from '@penknife/driver-memory';
import type { BenchCase } from '../../case.js';
import { untimedClient } from '../untimed-client.js';

const items = 100_000;
const callsAtOnce = 1000;

type Send = (args: readonly string[]) => Promise<unknown>;

/** What is filled in, one call an item. Texts are all different, as they are in life. */
const kinds: readonly { readonly name: string; readonly call: (i: number) => readonly string[] }[] = [
  { name: 'key', call: (i) => ['SET', `key:${i}`, `value:${i}`] },
  { name: 'hash field', call: (i) => ['HSET', 'hash', `field:${i}`, `value:${i}`] },
  { name: 'list item', call: (i) => ['RPUSH', 'list', `value:${i}`] },
  { name: 'set member', call: (i) => ['SADD', 'set', `member:${i}`] },
  { name: 'sorted set member', call: (i) => ['ZADD', 'zset', String(i * 7.5), `member:${i}`] },
  { name: 'stream entry', call: (i) => ['XADD', 'stream', '*', 'field', `value:${i}`] },
];

async function fill(send: Send, call: (i: number) => readonly string[]): Promise<void> {
  for (let from = 0; from < items; from += callsAtOnce) {
    await Promise.all(Array.from({ length: callsAtOnce }, (_, i) => send(call(from + i))));
  }
}

/** Bytes that each kind of item takes, by what is taken before and after. */
async function bytesOfEach(
  open: () => Promise<{ send: Send; taken(): Promise<number>; close(): Promise<unknown> }>,
): Promise<string> {
  const told: string[] = [];
  for (const { name, call } of kinds) {
    const { send, taken, close } = await open();
    const before = await taken();
    await fill(send, call);
    told.push(`${name} ${Math.round(((await taken()) - before) / items)} B`);
    await close();
  }
  return told.join(', ');
}

/** The collector, which Node shows only to those who ask. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

/** What a key, a field, a member and an entry take: of this process' heap, and of a server's memory. The time is that of a GET. */
export const heapCase: BenchCase = {
  name: 'memory/heap',
  question: `bytes a key, hash field, list item, member and stream entry take (${items} of each)`,
  inFlight: [1],
  async prepare({ server }) {
    const collect = collector();
    const ours = await bytesOfEach(async () => {
      const driver = createMemoryDriver();
      return {
        send: (args) => driver.send({ args: args as unknown as Command<unknown>['args'], read: rawReply }),
        async taken() {
          collect();
          return process.memoryUsage().heapUsed;
        },
        close: () => driver.close(),
      };
    });
    const client = await untimedClient(server.url);
    const theirs = await bytesOfEach(async () => {
      await client.sendCommand(['FLUSHALL']);
      return {
        send: (args) => client.sendCommand([...args]),
        async taken() {
          const info = String(await client.sendCommand(['INFO', 'memory']));
          return Number(/^used_memory:(\d+)/m.exec(info)?.[1]);
        },
        close: async () => undefined,
      };
    });
    const driver = createMemoryDriver();
    return [
      {
        name: 'penknife memory driver',
        guarantees: 'Redis 7.0 semantics',
        run: () => driver.send({ args: ['GET', 'key'], read: rawReply }),
        facts: () => ours,
        close: () => driver.close(),
      },
      {
        name: 'redis-server through node-redis',
        guarantees: 'Redis',
        run: () => client.sendCommand(['GET', 'key']),
        facts: () => theirs,
        close: async () => client.destroy(),
      },
    ];
  },
};
