import { createManualClock, type Driver } from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import { overMatrix } from '@penknife/matrix';
import { describe, expect, it } from 'vitest';
import { cacheKeys, createCache } from '../src/index.js';
import { createGate } from './stage.js';
import { trackingSuite } from './tracking.suite.js';
import { trapsSuite } from './traps.suite.js';

overMatrix(
  'cache traps',
  (context) => {
    trapsSuite(context);
    trackingSuite(context);
  },
  { keys: cacheKeys },
);

describe('between a read and its answer', () => {
  /** A process whose next read is answered when the test says so. */
  async function heldRead(
    act: (others: ReturnType<typeof createCache<number>>) => Promise<unknown>,
    options: { readonly tags?: readonly string[] } = {},
  ) {
    const clock = createManualClock();
    const redis = createMemoryRedis({ clock, seed: 5 });
    const [inner, outer] = [redis.driver(), redis.driver()];
    const gate = createGate();
    let held = false;
    const slow: Driver = {
      ...inner,
      async send(command, call) {
        const answer = await inner.send(command, call);
        if (held && command.args[0] === 'MGET') await gate.opened;
        return answer;
      },
    };
    const made = { ttlMs: 60_000, earlyRefresh: 0 };
    const [reading, others] = [createCache<number>(slow, made), createCache<number>(outer, made)];
    await reading.getOrSet('warm', () => 0);
    await others.set('x', 1, options);
    await clock.advance(0);
    held = true;
    const read = reading.getOrSet('x', () => 9, options);
    await clock.advance(0);
    await act(others);
    await clock.advance(0);
    held = false;
    gate.open();
    // It began before the invalidation, so the old value is a right answer. Kept it must not be.
    expect(await read).toBe(1);
    const kept = reading.peek('x');
    await reading.close();
    await others.close();
    await inner.close();
    await outer.close();
    redis.close();
    return kept;
  }

  it('trap 2: what was invalidated since the read began is not kept in the local tier', async () => {
    expect(await heldRead((others) => others.remove('x'))).toBeUndefined();
    expect(await heldRead((others) => others.expire('x'))).toBeUndefined();
    expect(await heldRead((others) => others.clear())).toBeUndefined();
    expect(await heldRead((others) => others.removeTags(['t']), { tags: ['t'] })).toBeUndefined();
    // Without any it is: the test would notice a tier that keeps nothing.
    expect(await heldRead((others) => others.remove('y'))).toBe(1);
  });
});
