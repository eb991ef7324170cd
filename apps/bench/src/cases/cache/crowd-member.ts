// A process that asks for a hot key: started by `hot-key.ts`, eight of them.
import { answerParent, type WorkerActs } from '@penknife/testing';
import { openPeers } from '../../peers.js';
import { type Library, libraries } from './libraries.js';
import type { BenchCache } from './peers.js';

/** What the callers of one process met. */
export interface Asked {
  readonly name: string;
  readonly guarantees: string;
  readonly loads: number;
  readonly slowestMs: number;
}

/** What its parent asks of it. */
export interface CrowdActs extends WorkerActs {
  open(library: Library, url: string, port: number): Promise<Pick<Asked, 'name' | 'guarantees'>>;
  /** So many callers at once, whose loader takes so long. */
  ask(key: string, callers: number, loadMs: number): Promise<Asked>;
}

const peers = openPeers();
let cache: BenchCache | undefined;

const acts: CrowdActs = {
  async open(library, url, port) {
    await cache?.close();
    cache = await libraries[library]({ peers, server: { url, port } });
    // Whatever is opened with the first call is open then.
    await cache.getOrSet(`warm-${process.pid}`, async () => 1);
    return { name: cache.name, guarantees: cache.guarantees };
  },
  async ask(key, callers, loadMs) {
    const { getOrSet, name, guarantees } = cache as BenchCache;
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
    return { name, guarantees, loads, slowestMs };
  },
};

answerParent(acts);
