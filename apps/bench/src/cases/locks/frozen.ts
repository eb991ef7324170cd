import type { BenchServer } from '../../bench-server.js';
import type { BenchCase, Contestant } from '../../case.js';
import { penknifeLocks } from './our-locks.js';
import { type PeerLocks, redisSemaphore, redlock, redlockUniversal } from './peers.js';

const leaseMs = 1000;

/** A holder whose server stands still for as long as the lease lasts: is it told before somebody else may have the lock? */
function frozen(locks: PeerLocks, server: BenchServer): Contestant {
  let runs = 0;
  let told = 0;
  return {
    name: locks.name,
    guarantees: locks.guarantees,
    async run(turn) {
      const whole = locks.using(`frozen-00-${turn}`, leaseMs, async (lost) => {
        await server.pause();
        await new Promise((resolve) => setTimeout(resolve, leaseMs));
        runs++;
        if (lost()) told++;
        await server.resume();
      });
      // What a library says when it cannot give back what it lost is not asked here.
      await whole.catch(() => undefined);
    },
    facts: () => `told within its lease of ${leaseMs} ms in ${told} of ${runs} runs`,
    close: locks.close,
  };
}

/** The server is stopped under a holder. */
export const frozenCases: readonly BenchCase[] = [
  {
    name: 'locks/frozen-server',
    question: `Is a holder told of its loss while the server stands still for ${leaseMs} ms, its lease?`,
    inFlight: [1],
    async prepare({ peers, server }) {
      const { url } = server;
      const all = await Promise.all([
        penknifeLocks(url),
        redisSemaphore(peers, url),
        redlock(peers, url),
        redlockUniversal(peers, url),
      ]);
      return all.map((locks) => frozen(locks, server));
    },
  },
];
