import { createMemoryRedis } from '@penknife/driver-memory';
import { expect, it } from 'vitest';
import { askedAgain } from './asked-again.js';
import { live, member, secretA, secretB, shopSessions, tokenOf } from './sample.js';
import { type PlantedBug, withBug } from './schedule/planted-bug.js';

// On memory alone: what a move does when it is asked again is a matter of its script.
const both = { secrets: [secretB, secretA] };

it.each([
  [undefined, true, false],
  ['a move that is asked again is not known', false, false],
  ['a move is not asked whether it was ended', true, true],
] as readonly (readonly [PlantedBug | undefined, boolean, boolean])[])(
  'a move whose last reply is lost, with the bug: %s',
  async (bug, livesAfterAll, livesAfterItsEnd) => {
    const redis = createMemoryRedis({ seed: 1 });
    const old = shopSessions(redis.driver());
    const there = shopSessions(redis.driver(), both);

    const moved = async (before?: () => Promise<unknown>): Promise<boolean> => {
      const mine = await member(old);
      const driver = askedAgain(withBug(redis.driver(), bug), 'forget', { before });
      const session = live(await shopSessions(driver, both).load(tokenOf(mine)));
      await session.regenerate();
      return (await there.load(tokenOf(session))).ok;
    };

    expect(await moved()).toBe(livesAfterAll);
    // Of a process that does not know the new secret yet.
    expect(await moved(() => old.revokeAll('ann'))).toBe(livesAfterItsEnd);
  },
);
