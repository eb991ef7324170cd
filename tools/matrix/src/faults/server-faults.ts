import type { ServerControl } from '@penknife/redis-servers';
import { RespClient, withClient } from '@penknife/redis-servers';
import { wait } from '../real-time.js';
import { commandAt } from '../server-admin.js';

/** Closes all connections of clients, subscribers among them; replication links stay. */
export async function cutConnections(ports: readonly number[]): Promise<void> {
  await Promise.all(
    ports.map((port) =>
      withClient(port, async (client) => {
        await client.command('CLIENT', 'KILL', 'TYPE', 'pubsub');
        await client.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      }),
    ),
  );
}

/** Resolves when so many replicas have all that their primary has at this moment. */
async function caughtUp(primaryPort: number, replicaCount: number): Promise<void> {
  for (;;) {
    const told = String(await commandAt(primaryPort, 'INFO', 'replication'));
    const offset = Number(/^master_repl_offset:(\d+)/m.exec(told)?.[1]);
    const ports = [...told.matchAll(/^slave\d+:.*?port=(\d+),state=online/gm)].map(([, port]) =>
      Number(port),
    );
    const offsets = ports.map(async (port) =>
      Number(/^slave_repl_offset:(\d+)/m.exec(String(await commandAt(port, 'INFO', 'replication')))?.[1]),
    );
    if (ports.length === replicaCount && (await Promise.all(offsets)).every((each) => each >= offset)) return;
    await wait(5);
  }
}

/**
 * Runs an act while a primary has no replica that hears of it, and leaves its replicas stopped: resumed when the primary is
 * gone, they know all that was before the act, and nothing of it. The links are cut only when the replicas stand still, so
 * nothing is left on its way to them.
 */
export async function withoutReplicas(
  primaryPort: number,
  replicas: readonly ServerState[],
  act: () => Promise<void>,
): Promise<void> {
  await caughtUp(primaryPort, replicas.length);
  await Promise.all(replicas.map((replica) => replica.pause()));
  await commandAt(primaryPort, 'CLIENT', 'KILL', 'TYPE', 'replica');
  await act();
}

/** How long a reload is made to last, in keys and in µs for each. */
const loadKeys = 200;
const loadMicrosPerKey = 1000;

/**
 * Makes a server load its data anew, slowly: it answers LOADING for about 200 ms. Its keys are kept.
 */
export async function load(port: number): Promise<{ readonly done: Promise<void> }> {
  await commandAt(port, 'DEBUG', 'POPULATE', loadKeys, 'padding', 100);
  await commandAt(port, 'CONFIG', 'SET', 'loading-process-events-interval-bytes', 1024);
  await commandAt(port, 'CONFIG', 'SET', 'key-load-delay', loadMicrosPerKey);
  const client = new RespClient(port, '127.0.0.1', 10_000);
  const done = client.command('DEBUG', 'RELOAD').then(async () => {
    client.close();
    await commandAt(port, 'CONFIG', 'SET', 'key-load-delay', 0);
  });
  // Rejections are the caller's, who awaits `done`; here only the beginning is waited for.
  const over = done.catch(() => undefined);
  for (;;) {
    const answer = await commandAt(port, 'GET', 'padding:0').catch((error: { code?: string }) => error.code);
    if (answer === 'LOADING') return { done };
    const ended = await Promise.race([over.then(() => true), Promise.resolve(false)]);
    if (ended) throw new Error('the server was done loading before it said LOADING');
  }
}

/** Kills and pauses of one server; `restart` and `resume` do nothing where there is nothing to do. */
export interface ServerState {
  kill(): Promise<void>;
  restart(): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Undoes what is still done. */
  heal(): Promise<void>;
}

/** Remembers what was done to a server, so that it can be undone whatever the test left behind. */
export function serverState(node: ServerControl, whenBack: () => Promise<void>): ServerState {
  let dead = false;
  let paused = false;
  const state: ServerState = {
    async kill() {
      dead = true;
      paused = false;
      await node.kill();
    },
    async restart() {
      if (!dead) return;
      await node.restart();
      dead = false;
      await whenBack();
    },
    async pause() {
      paused = true;
      await node.pause();
    },
    async resume() {
      if (!paused) return;
      await node.resume();
      paused = false;
    },
    async heal() {
      await state.resume();
      await state.restart();
    },
  };
  return state;
}
