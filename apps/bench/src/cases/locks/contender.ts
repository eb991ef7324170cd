// A process that wants a lock: started by `contended.ts`, one for each of a crowd.
import type { Driver } from '@penknife/core';
import { answerParent, machineTimeMs, type WorkerActs } from '@penknife/testing';
import { watchConnections } from '../../measure/connections.js';
import { openPeers } from '../../peers.js';
import { penknifeLocks } from './our-locks.js';
import { type LockPeer, lockPeers, type PeerLocks } from './peers.js';

const peers = openPeers();
const watch = watchConnections();

/** One of the libraries that are compared. */
export type Library = 'penknife' | LockPeer;

const open = (library: Library, url: string): Promise<PeerLocks> =>
  library === 'penknife' ? penknifeLocks(url, marking) : lockPeers[library](peers, url);

/** When a contender had the lock, on the clock that all processes of the machine share. */
export interface Turn {
  readonly acquiredAtMs: number;
  readonly releasedAtMs: number;
  /** Where the hand-over was meanwhile, of the library that has one. */
  readonly hops?: Hops;
}

/** When the word came that it is one's turn, when the claim was sent, and when it was answered. */
export interface Hops {
  readonly toldAtMs: number;
  readonly askedAtMs: number;
  readonly answeredAtMs: number;
}

let hops: Hops = { toldAtMs: 0, askedAtMs: 0, answeredAtMs: 0 };

/** Marks the last word and the last acquire of this process. */
function marking(driver: Driver): Driver {
  return {
    ...driver,
    openFeed: (sink, options) =>
      driver.openFeed(
        {
          ...sink,
          message(...word) {
            hops = { ...hops, toldAtMs: machineTimeMs() };
            sink.message(...word);
          },
        },
        options,
      ),
    async send(command, options) {
      if (command.script?.name !== 'locks/mutex-acquire') return driver.send(command, options);
      hops = { ...hops, askedAtMs: machineTimeMs() };
      const answer = await driver.send(command, options);
      hops = { ...hops, answeredAtMs: machineTimeMs() };
      return answer;
    },
  };
}

let locks: PeerLocks | undefined;

/** What its parent asks of it. */
export interface ContenderActs extends WorkerActs {
  /** Connects, and gets everything ready that a first acquisition would have to wait for; resolves to who connected, and how. */
  open(library: Library, server: { readonly url: string; readonly port: number }): Promise<string>;
  /** Takes the lock once, keeps it, gives it back. Undefined: it gave up. */
  take(resource: string, holdMs: number): Promise<Turn | undefined>;
}

const acts: ContenderActs = {
  async open(library, { url, port }) {
    await locks?.close();
    const before = watch.traffic();
    locks = await open(library, url);
    hops = { toldAtMs: 0, askedAtMs: 0, answeredAtMs: 0 };
    const warm = await locks.acquire(`warm-${process.pid}`, 10_000, 10_000);
    await warm.release();
    return watch.spokenSince(before, port);
  },
  async take(resource, holdMs) {
    try {
      const lock = await (locks as PeerLocks).acquire(resource, 10_000, 30_000);
      const acquiredAtMs = machineTimeMs();
      const marks = hops;
      await new Promise((resolve) => setTimeout(resolve, holdMs));
      const releasedAtMs = machineTimeMs();
      await lock.release();
      return { acquiredAtMs, releasedAtMs, ...(marks.toldAtMs > 0 && { hops: marks }) };
    } catch {
      return undefined;
    }
  },
};

answerParent(acts);
