import type { Driver } from '@penknife/core';
import { createPresence, createPubSub } from '@penknife/pubsub';
import type { Contestant } from '../../case.js';

const leaseMs = 300;

/** A process that holds so many users in a hundred rooms; an operation is a lease's time, its commands what keeps them present. */
export async function presence(users: number, makeDriver: () => Driver): Promise<Contestant> {
  const driver = makeDriver();
  const node = createPresence(createPubSub(driver, { namespace: `presence${users}` }), { lease: leaseMs });
  for (let joined = 0; joined < users; joined += 500) {
    const batch = Array.from({ length: Math.min(500, users - joined) }, (_, i) =>
      node.join(`room${(joined + i) % 100}`, `user${joined + i}`),
    );
    await Promise.all(batch);
  }
  return {
    name: `${users} users of one process`,
    guarantees: 'gone within the lease and a second after a crash',
    run: () => driver.clock.sleep(leaseMs),
    close: () => driver.close(),
  };
}
