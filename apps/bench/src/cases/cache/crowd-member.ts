// A process that asks for a hot key: started by `hot-key.ts`, eight of them.
import { answerParent, type WorkerActs } from '@penknife/testing';
import { watchConnections } from '../../measure/connections.js';
import { openPeers } from '../../peers.js';
import { type Library, libraries } from './libraries.js';
import type { BenchCache } from './peers.js';

/** What the callers of one process met. */
export interface Asked {
  readonly name: string;
  readonly guarantees: string;
  /** The client it goes by, and its protocol. */
  readonly speaks: string;
  readonly loads: number;
  readonly slowestMs: number;
}

/** What its parent asks of it. */
export interface CrowdActs extends WorkerActs {
  open(library: Library, url: string, port: number): Promise<Omit<Asked, 'loads' | 'slowestMs'>>;
  /** So many callers at once, whose loader takes so long. */
  ask(key: string, callers: number, loadMs: number): Promise<Pick<Asked, 'loads' | 'slowestMs'>>;
}

const peers = openPeers();
const watch = watchConnections();
let cache: BenchCache | undefined;

const acts: CrowdActs = {
  async open(library, url, port) {
    await cache?.close();
    const before = watch.traffic();
    cache = await libraries[library]({ peers, server: { url, port } });
    // Whatever is opened with the first call is open then.
    await cache.getOrSet(`warm-${process.pid}`, async () => 1);
    const { name, guarantees } = cache;
    return { name, guarantees, speaks: await watch.spokenSince(before, port) };
  },
  async ask(key, callers, loadMs) {
    const { getOrSet } = cache as BenchCache;
    let loads = 0;
    let slowestMs = 0;
    const load = async (): Promise<unknown> => {
      loads++;
      await new Promise((resolve) => setTimeout(resolve, loadMs));
      return { version: 1 };
    };
    await Promise.all(
      Array.from({ length: callers }, async () => {
        const begun = performance.now();
        await getOrSet(key, load);
        slowestMs = Math.max(slowestMs, performance.now() - begun);
      }),
    );
    return { loads, slowestMs };
  },
};

answerParent(acts);
