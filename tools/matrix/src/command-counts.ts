import { type RespClient, withClient } from '@penknife/redis-servers';
import { watchRoundTrips } from './round-trips.js';

/** What servers did for a piece of work, by their own statistics. */
export interface CommandCounts {
  /** Calls by command (lower case, `client|id` for subcommands). Those inside of scripts count too. */
  readonly calls: Readonly<Record<string, number>>;
  /** The sum of all calls. */
  readonly received: number;
  /** Without what goes to replicas; on a cluster their acknowledgements (some 40 bytes, once a second each) are among it. */
  readonly bytesIn?: number;
  readonly bytesOut?: number;
  /** The longest chain of commands that had to wait for one another: see `watchRoundTrips`. */
  readonly roundTrips?: number;
}

/** What grew between two readings of calls by command; without bytes, which nothing counted. */
export function grownCalls(
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
): CommandCounts {
  const calls: Record<string, number> = {};
  for (const [name, count] of Object.entries(after)) {
    const grown = count - (before[name] ?? 0);
    if (grown > 0) calls[name] = grown;
  }
  return { calls, received: Object.values(calls).reduce((sum, count) => sum + count, 0) };
}

interface Snapshot {
  readonly calls: Readonly<Record<string, number>>;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly replyBytes: number;
}

/** INFO is the measuring itself and REPLCONF is between servers: they are left out of what is counted. */
const uncounted = new Set(['info', 'replconf']);
const request = ['INFO', 'everything'] as const;
const requestBytes = `*2\r\n$4\r\nINFO\r\n$10\r\neverything\r\n`.length;

async function snapshot(client: RespClient): Promise<Snapshot> {
  const text = String(await client.command(...request));
  const number = (name: string): number => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(text)?.[1] ?? 0);
  const calls: Record<string, number> = {};
  for (const [, name = '', count] of text.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)) {
    if (!uncounted.has(name)) calls[name] = Number(count);
  }
  const length = Buffer.byteLength(text);
  return {
    calls,
    bytesIn: number('total_net_input_bytes') - number('total_net_repl_input_bytes'),
    bytesOut: number('total_net_output_bytes') - number('total_net_repl_output_bytes'),
    replyBytes: length + `$${length}\r\n\r\n`.length,
  };
}

/** Runs a piece of work and tells what the servers at these ports did meanwhile. Nothing else may talk to them. */
export async function countCommands(
  ports: readonly number[],
  run: () => Promise<unknown>,
): Promise<CommandCounts> {
  const monitors = await Promise.all(ports.map((port) => openMonitor(port)));
  try {
    return await countAt(monitors, run);
  } finally {
    for (const { close } of monitors) close();
  }
}

async function countAt(
  monitors: readonly { readonly client: RespClient }[],
  run: () => Promise<unknown>,
): Promise<CommandCounts> {
  const before = await Promise.all(monitors.map(({ client }) => snapshot(client)));
  const roundTrips = watchRoundTrips();
  let trips: number | undefined;
  try {
    await run();
  } finally {
    trips = roundTrips();
  }
  const after = await Promise.all(monitors.map(({ client }) => snapshot(client)));
  let [bytesIn, bytesOut] = [0, 0];
  after.forEach((later, i) => {
    const earlier = before[i] as Snapshot;
    bytesIn += later.bytesIn - earlier.bytesIn - requestBytes;
    bytesOut += later.bytesOut - earlier.bytesOut - earlier.replyBytes;
  });
  const counted = { ...grownCalls(sumOf(before), sumOf(after)), bytesIn, bytesOut };
  return trips === undefined ? counted : { ...counted, roundTrips: trips };
}

function sumOf(snapshots: readonly Snapshot[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const { calls } of snapshots) {
    for (const [name, count] of Object.entries(calls)) sum[name] = (sum[name] ?? 0) + count;
  }
  return sum;
}

/** A client that stays open until `close`, so that connecting is not counted. */
function openMonitor(port: number): Promise<{ readonly client: RespClient; close(): void }> {
  return new Promise((resolve, reject) => {
    withClient(port, async (client) => {
      await client.command('PING');
      await new Promise<void>((closed) => resolve({ client, close: closed }));
    }).catch(reject);
  });
}
