import { type Command, type Driver, rawReply } from '@penknife/core';
import { createMemoryDriver } from '@penknife/driver-memory';
import type { BenchCase, Contestant } from '../../case.js';
import { untimedClient } from '../untimed-client.js';

const members = 1_000_000;
const entries = 100;

type Send = (args: readonly string[]) => Promise<unknown>;

function sendOf(driver: Driver): Send {
  return (args) => driver.send({ args: args as unknown as Command<unknown>['args'], read: rawReply });
}

/** A hundred entries in, read by a group, and acknowledged. */
async function streamTurn(send: Send): Promise<void> {
  const added = Array.from({ length: entries }, () =>
    send(['XADD', 'log', 'MAXLEN', '~', '1000', '*', 'field', 'value']),
  );
  const ids = (await Promise.all(added)) as string[];
  await send(['XREADGROUP', 'GROUP', 'group', 'one', 'COUNT', String(entries), 'STREAMS', 'log', '>']);
  await send(['XACK', 'log', 'group', ...ids]);
}

async function fillSortedSet(send: Send): Promise<void> {
  for (let from = 0; from < members; from += 1000) {
    const pairs = Array.from({ length: 1000 }, (_, i) => [
      String(((from + i) * 7919) % 1_000_003),
      `member:${from + i}`,
    ]);
    await send(['ZADD', 'board', ...pairs.flat()]);
  }
}

/** An update and the rank it brings, of members all over the set. */
async function rankTurn(send: Send, turn: number): Promise<void> {
  const member = `member:${(turn * 104_729) % members}`;
  await send(['ZADD', 'board', String((turn * 31) % 1_000_003), member]);
  await send(['ZRANK', 'board', member]);
}

interface Work {
  readonly name: string;
  readonly question: string;
  readonly operations: number;
  prepare(send: Send): Promise<unknown>;
  run(send: Send, turn: number): Promise<void>;
}

const works: readonly Work[] = [
  {
    name: 'stream-work',
    question: 'XADD, XREADGROUP and XACK of 100 entries, counted by entry',
    operations: entries,
    prepare: (send) => send(['XGROUP', 'CREATE', 'log', 'group', '$', 'MKSTREAM']),
    run: streamTurn,
  },
  {
    name: 'rank-million',
    question: 'ZADD and ZRANK in a set of a million members, counted by command',
    operations: 2,
    prepare: fillSortedSet,
    run: rankTurn,
  },
];

/** Work on large or busy keys: the engine in the process against a local server. */
export const largeMemoryCases: readonly BenchCase[] = works.map(
  ({ name, question, operations, prepare, run }) => ({
    name: `memory/${name}`,
    question,
    inFlight: [1],
    async prepare({ server }): Promise<readonly Contestant[]> {
      const driver = createMemoryDriver();
      const real = await untimedClient(server.url);
      const sends: readonly [Send, Send] = [sendOf(driver), (args) => real.sendCommand([...args])];
      for (const send of sends) await prepare(send);
      return [
        {
          name: 'penknife memory driver',
          guarantees: 'Redis 7.0 semantics',
          operations,
          run: (turn) => run(sends[0], turn),
          close: () => driver.close(),
        },
        {
          name: 'redis-server through node-redis',
          guarantees: 'Redis',
          operations,
          run: (turn) => run(sends[1], turn),
          close: async () => real.destroy(),
        },
      ];
    },
  }),
);
