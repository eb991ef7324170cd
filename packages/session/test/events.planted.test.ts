import { createManualClock } from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import { expect, it } from 'vitest';
import { live, member, shopSessions, tokenOf } from './sample.js';
import { type PlantedBug, withBug } from './schedule/planted-bug.js';

// On memory alone: that nothing is told is a statement about time, which is moved by hand there.
const minute = 60_000;

function processes(bug?: PlantedBug) {
  const clock = createManualClock();
  const redis = createMemoryRedis({ clock, seed: 1 });
  return { clock, here: redis.driver(), there: withBug(redis.driver(), bug) };
}

const passes = async (clock: { advance(ms: number): Promise<void> }, ms: number): Promise<void> => {
  for (let i = 0; i < 60; i++) await clock.advance(ms / 60);
};

it.each([undefined, 'ends are not told'] as const)('told at once, unless the bug is: %s', async (bug) => {
  const { clock, here, there } = processes(bug);
  const sessions = shopSessions(here, { recheckMs: '1h' });
  const session = await member(sessions);
  const told: string[] = [];
  await session.onRevoked(({ reason }) => told.push(reason));
  await live(await shopSessions(there).load(tokenOf(session))).destroy();
  await passes(clock, minute);
  expect(told).toEqual(bug === undefined ? ['revoked'] : []);
  // By itself it is found later: its tombstone has gone by then.
  await passes(clock, 60 * minute);
  expect(told).toEqual([bug === undefined ? 'revoked' : 'ended']);
  await sessions.close();
});

it.each([undefined, 'what was revoked is told as expired'] as const)(
  'what was revoked is not told as expired, unless the bug is: %s',
  async (bug) => {
    const { clock, there } = processes(bug);
    const sessions = shopSessions(there, { idleMs: minute, keepEndedMs: '1h' });
    const [revoked, kept] = [await member(sessions, 'ann'), await member(sessions, 'bob')];
    const told: string[] = [];
    sessions.onExpired(({ publicId }) => void told.push(publicId));
    await sessions.revokeAll('ann');
    await passes(clock, 3 * minute);
    expect(told.sort()).toEqual(
      [kept, ...(bug === undefined ? [] : [revoked])].map((each) => each.publicId).sort(),
    );
    await sessions.close();
  },
);

it('an end is told at its millisecond and not before, by the clock that ended it', async () => {
  const { clock, here } = processes();
  const sessions = shopSessions(here, {
    idleMs: 2 * minute,
    absoluteMs: 3 * minute,
    touchAfterMs: 0,
    keepEndedMs: '1h',
  });
  const [used, idle] = [await member(sessions, 'ann'), await member(sessions, 'bob')];
  const told: (readonly [string, string, number])[] = [];
  sessions.onExpired(({ publicId, reason, endedMs }) => void told.push([publicId, reason, endedMs]), {
    everyMs: 10,
  });
  const start = used.times?.createdMs ?? 0;
  await passes(clock, minute + 30_000);
  live(await sessions.load(tokenOf(used)));
  await passes(clock, 29_940);
  expect(told).toEqual([]);
  await passes(clock, 60);
  for (let i = 0; i < 30; i++) await clock.advance(1);
  expect(told).toEqual([[idle.publicId, 'idle', start + 2 * minute]]);
  await passes(clock, minute);
  expect(told.at(-1)).toEqual([used.publicId, 'absolute', start + 3 * minute]);
  expect(told).toHaveLength(2);
  await sessions.close();
});
