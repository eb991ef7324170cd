import { requireServers } from '@penknife/redis-servers';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { describe, expect, it } from 'vitest';
import { startBenchServer } from '../src/bench-server.js';
import type { BenchCase } from '../src/case.js';
import { openerIn } from '../src/measure/connections.js';
import { measureCase } from '../src/measure/measure-case.js';
import { contestant } from './bench-cases.js';
import { noPeers } from './no-peers.js';

/** Clients whose like is in every case, opened all at once as cases do; one of them talks to nobody. */
const clients: BenchCase = {
  question: 'Who speaks?',
  inFlight: [1],
  name: 'clients',
  async prepare({ server: { url } }) {
    const [two, three] = [new Redis(url, { protocol: 2 }), new Redis(url, { protocol: 3 })];
    const publisher = await createClient({ url, RESP: 2 }).connect();
    const listener = await createClient({ url, RESP: 3 }).connect();
    let heard: () => void = () => undefined;
    await listener.subscribe('channel', () => heard());
    return [
      contestant(
        'ioredis in 2',
        () => two.get('key'),
        () => two.disconnect(),
      ),
      contestant(
        'ioredis in 3',
        () => three.get('key'),
        () => three.disconnect(),
      ),
      contestant(
        'both of node-redis',
        async () => {
          const delivered = new Promise<void>((resolve) => {
            heard = resolve;
          });
          await Promise.all([publisher.publish('channel', 'message'), delivered]);
        },
        () => {
          publisher.destroy();
          listener.destroy();
        },
      ),
      contestant(
        'nobody',
        async () => undefined,
        () => undefined,
      ),
      {
        ...contestant(
          'another process',
          async () => undefined,
          () => undefined,
        ),
        speaks: () => 'a program, RESP2',
      },
    ];
  },
};

it('who connects is the package whose code called the net module, and nobody but an installed one', () => {
  const stack = (caller: string): string =>
    [
      'Error: who connects',
      'at opened (/bench/connections.js:1:1)',
      'at Channel.publish (node:diagnostics_channel:150:9)',
    ]
      .concat('at Object.connect (node:net:234:28)', caller, 'at run (/a/node_modules/other/x.js:1:1)')
      .join('\n');
  const root = new URL('../node_modules/', import.meta.url);
  expect(openerIn(stack(`at open (${root.pathname}ioredis/built/a.js:1:2)`))).toMatch(/^ioredis 6\./);
  expect(openerIn(stack(`at ${root.href}redis/dist/a.js:1:2`))).toMatch(/^redis 6\./);
  expect(openerIn(stack('at open (/penknife/apps/bench/dist/chunk.js:1:2)'))).toBeUndefined();
  expect(openerIn(stack('at open (/penknife/node_modules/.cache/bundle.mjs:1:2)'))).toBeUndefined();
});

describe.skipIf(!(await requireServers()))('contestants of one process', () => {
  it('are each told with the client they went by, its version and the protocol the server saw', async () => {
    const server = await startBenchServer();
    try {
      const effort = { rounds: 1, roundMs: 20, warmUpMs: 40 };
      const context = { server, peers: noPeers, contestantProgram: 'nobody is apart' };
      const figures = await measureCase(clients, context, effort, () => undefined);
      expect(figures.map(({ contestant: name, speaks }) => [name, speaks])).toEqual([
        ['ioredis in 2', expect.stringMatching(/^ioredis 6\.\d+\.\d+, RESP2$/)],
        ['ioredis in 3', expect.stringMatching(/^ioredis 6\.\d+\.\d+, RESP3$/)],
        [
          'both of node-redis',
          expect.stringMatching(/^@redis\/client 6\.\d+\.\d+, RESP2 and @redis\/client 6\.\d+\.\d+, RESP3$/),
        ],
        ['nobody', 'in this process'],
        ['another process', 'a program, RESP2'],
      ]);
    } finally {
      await server.stop();
    }
  });
});
