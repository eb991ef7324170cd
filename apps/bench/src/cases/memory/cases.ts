import { type Command, defineScript, rawReply } from '@penknife/core';
import { createMemoryDriver } from '@penknife/driver-memory';
import type { BenchCase, Contestant } from '../../case.js';
import { untimedClient } from '../untimed-client.js';
import { doorCases } from './door-cases.js';
import { heapCase } from './heap-case.js';
import { largeMemoryCases } from './large-cases.js';
import { simulatorCase } from './simulator-case.js';

interface MockClient {
  get(key: string): Promise<unknown>;
  set(key: string, value: string): Promise<unknown>;
  zadd(key: string, score: number, member: string): Promise<unknown>;
  eval(script: string, keys: number, ...rest: (string | number)[]): Promise<unknown>;
  disconnect(): void;
}
interface MockModule {
  readonly default: new () => MockClient;
}

/** Calls one `run` stands for: an engine in the process is faster than the measuring of one call. */
const many = 100;

const slidingWindow = `local now = redis.call('TIME')
local at = now[1] * 1000 + math.floor(now[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', at - tonumber(ARGV[1]))
local used = redis.call('ZCARD', KEYS[1])
if used >= tonumber(ARGV[2]) then
  return 0
end
redis.call('ZADD', KEYS[1], at, at .. ':' .. ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return tonumber(ARGV[2]) - used`;
const window = defineScript({
  name: 'bench/sliding-window',
  lua: slidingWindow,
  keys: 1,
  args: 3,
  read: rawReply,
});

interface Act {
  readonly name: string;
  readonly question: string;
  readonly command: (turn: number) => Command<unknown>;
  readonly mock: (client: MockClient, turn: number) => Promise<unknown>;
}

const acts: readonly Act[] = [
  {
    name: 'get',
    question: 'GET in the process',
    command: (turn) => ({ args: ['GET', `k${turn % 1000}`], read: rawReply }),
    mock: (client, turn) => client.get(`k${turn % 1000}`),
  },
  {
    name: 'set',
    question: 'SET in the process',
    command: (turn) => ({ args: ['SET', `k${turn % 1000}`, 'value'], read: rawReply }),
    mock: (client, turn) => client.set(`k${turn % 1000}`, 'value'),
  },
  {
    name: 'zadd-growing',
    question: 'ZADD on a set that grows to 2 000 members',
    command: (turn) => ({
      args: ['ZADD', `z${Math.floor(turn / 2000) % 50}`, turn % 7919, `m${turn % 2000}`],
      read: rawReply,
    }),
    mock: (client, turn) => client.zadd(`z${Math.floor(turn / 2000) % 50}`, turn % 7919, `m${turn % 2000}`),
  },
  {
    name: 'sliding-window',
    question: 'a sliding-window script of twelve lines',
    command: (turn) => window([`w${turn % 100}`], [1000, 10, turn]),
    mock: (client, turn) => client.eval(slidingWindow, 1, `w${turn % 100}`, 1000, 10, turn),
  },
];

async function inSequence(count: number, run: (offset: number) => Promise<unknown>): Promise<void> {
  for (let i = 0; i < count; i++) await run(i);
}

/** The engine in the process against ioredis-mock and a local server, one call after another. */
const smallCases: readonly BenchCase[] = acts.map(({ name, question, command, mock }) => ({
  name: `memory/${name}`,
  question,
  inFlight: [1],
  async prepare({ server, peers }): Promise<readonly Contestant[]> {
    const driver = createMemoryDriver();
    const { default: Mock } = await peers.load<MockModule>('ioredis-mock');
    const mockClient = new Mock();
    const real = await untimedClient(server.url);
    await real.sendCommand(['SCRIPT', 'LOAD', slidingWindow]);
    return [
      {
        name: 'penknife memory driver',
        guarantees: 'Redis 7.0 semantics, Lua 5.1',
        operations: many,
        run: (turn) => inSequence(many, (i) => driver.send(command(turn * many + i))),
        close: () => driver.close(),
      },
      {
        name: `ioredis-mock ${peers.version('ioredis-mock')}`,
        guarantees: 'a part of Redis; Lua 5.3 with 32-bit integers',
        operations: 10,
        run: (turn) => inSequence(10, (i) => mock(mockClient, turn * 10 + i)),
        close: async () => mockClient.disconnect(),
      },
      {
        name: 'redis-server through node-redis, one round trip after another',
        guarantees: 'Redis',
        run: (turn) => real.sendCommand(command(turn).args.map(String)),
        close: async () => real.destroy(),
      },
    ];
  },
}));

/** Everything about the memory driver. */
export const memoryCases: readonly BenchCase[] = [
  ...smallCases,
  ...largeMemoryCases,
  ...doorCases,
  heapCase,
  simulatorCase,
];
