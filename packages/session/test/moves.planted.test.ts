import type { Driver } from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import { expect, it } from 'vitest';
import { askedAgain } from './asked-again.js';
import { live, member, secretA, secretB, shopSessions, tokenOf, visitor } from './sample.js';
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

it.each([
  [undefined, true],
  ['a leaving that is asked again is not known', false],
] as readonly (readonly [PlantedBug | undefined, boolean])[])(
  'a login whose first reply is lost, with the bug: %s',
  async (bug, isMade) => {
    const redis = createMemoryRedis({ seed: 1 });
    const calm = shopSessions(redis.driver());
    const mine = await visitor(calm);
    const driver = askedAgain(withBug(redis.driver(), bug), 'leave');
    const session = live(await shopSessions(driver).load(tokenOf(mine)));
    expect((await session.login('ann')).ok).toBe(isMade);
    expect(await calm.list('ann')).toHaveLength(isMade ? 1 : 0);
  },
);

/** A process whose first command of one script reaches the server once more when another was answered: it was held up on its way. */
function heldUp(driver: Driver, act: string, until: string): Driver {
  let again: (() => Promise<unknown>) | undefined;
  return {
    ...driver,
    async send(command, call) {
      const { name } = command.script ?? {};
      if (name === `session/${act}`) again ??= () => driver.send(command, call);
      const answer = await driver.send(command, call);
      if (name === `session/${until}`) await again?.();
      return answer;
    },
  };
}

it.each([
  [undefined, true],
  ['what was put back leaves again', false],
] as readonly (readonly [PlantedBug | undefined, boolean])[])(
  'a login that is refused, and whose first command is held up and comes again, with the bug: %s',
  async (bug, lives) => {
    const redis = createMemoryRedis({ seed: 1 });
    const calm = shopSessions(redis.driver());
    await member(calm, 'ann');
    const mine = await visitor(calm);
    const driver = heldUp(withBug(redis.driver(), bug), 'leave', 'restore');
    const narrow = shopSessions(driver, { maxSessions: 1, whenFull: 'refuse' });
    const session = live(await narrow.load(tokenOf(mine)));
    expect(await session.login('ann')).toEqual({ ok: false, reason: 'full' });
    expect((await calm.load(tokenOf(mine))).ok).toBe(lives);
  },
);

it.each([
  [undefined, false],
  ['a logout that is asked again forgets the way', true],
] as readonly (readonly [PlantedBug | undefined, boolean])[])(
  'a logout beside a rotation, whose first reply is lost, with the bug: %s',
  async (bug, lives) => {
    const redis = createMemoryRedis({ seed: 1 });
    const calm = shopSessions(redis.driver());
    const mine = await visitor(calm);
    const driver = askedAgain(withBug(redis.driver(), bug), 'destroy');
    const late = live(await shopSessions(driver).load(tokenOf(mine)));
    await mine.regenerate();
    await late.destroy();
    expect((await calm.load(tokenOf(mine))).ok).toBe(lives);
  },
);
