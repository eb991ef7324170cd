import { type Column, columns, overMatrix } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createPresence, createPubSub, pubSubKeys } from '../src/index.js';
import { until } from './hearing.js';
import type { PresenceActs } from './presence.worker.js';

// Two seconds of real waiting in each column: one client here, all of them in the full tier.
const full = process.env.PENKNIFE_TIER === 'full';
const chosen: readonly Column[] = columns.filter(
  ({ memory, client, topology }) => !memory && (full || (client === 'ioredis' && topology === 'single')),
);
const module = new URL('./presence.worker.ts', import.meta.url);
/** Long enough that a machine which stands still for half a second ends nobody's lease but that of the dead. */
const leaseMs = 1500;

/** For how long this process did not get to run: nobody can be told meanwhile. */
function stalls(): { readonly sum: () => number; stop(): void } {
  const everyMs = 20;
  let sum = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    sum += Math.max(0, now - last - 2 * everyMs);
    last = now;
  }, everyMs);
  return { sum: () => sum, stop: () => clearInterval(timer) };
}

overMatrix(
  'presence of processes that are killed',
  (context) => {
    it('trap 23: after a SIGKILL users leave within the lease and a second: no ghost, no flap', async () => {
      const env = { PRESENCE_LEASE: String(leaseMs) };
      const start = () => context.startWorker<PresenceActs>(module, { env });
      const [doomed, living] = await Promise.all([start(), start()]);
      const presence = createPresence(createPubSub(await context.driver()), { lease: leaseMs, grace: 0 });
      const heard: string[] = [];
      await presence.watch('room', {
        joined: ({ user }) => void heard.push(`+${user}`),
        left: ({ user }) => void heard.push(`-${user}`),
      });
      for (const user of ['ada', 'bob', 'eve']) expect(await doomed.call('join', 'room', user)).toBe(true);
      expect(await living.call('join', 'room', 'bob')).toBe(true);
      await presence.join('room', 'cyn');
      const present = ['+ada', '+bob', '+eve', '+cyn'];
      await until(context, 'all are there', () => heard.length === present.length);
      const stalled = stalls();
      try {
        await doomed.kill();
        const killed = performance.now();
        await until(context, 'they left', () => heard.length >= present.length + 2);
        expect(performance.now() - killed - stalled.sum()).toBeLessThanOrEqual(leaseMs + 1000);
      } finally {
        stalled.stop();
      }
      // Once each, and nobody who lives.
      expect(heard.slice(0, 4)).toEqual(present);
      expect(heard.slice(4).sort()).toEqual(['-ada', '-eve']);
      expect((await presence.who('room')).map(({ user }) => user).sort()).toEqual(['bob', 'cyn']);
      // Whoever comes back joins anew, once.
      expect(await living.call('join', 'room', 'ada')).toBe(true);
      await until(context, 'ada is back', () => heard.at(-1) === '+ada');
      expect(heard).toHaveLength(7);
      await presence.close();
    }, 60_000);
  },
  { keys: pubSubKeys, columns: chosen },
);
