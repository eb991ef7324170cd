import { createManualClock } from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import { overMatrix } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { sessionKeys } from '../../src/index.js';
import { type PlantedBug, withBug } from '../schedule/planted-bug.js';
import { runBetterAuthSchedule } from './better-auth.schedule.js';
import { betterAuthSuite } from './better-auth.suite.js';

overMatrix("better-auth's secondary storage", betterAuthSuite, { keys: sessionKeys });

const caught: readonly (readonly [PlantedBug, RegExp])[] = [
  ['a value is read and then removed by two', /getAndDelete/],
  ['an ended session leaves no tombstone', /get t\d|list/],
  ['each count begins the time anew', /counter|increment/],
  ['an older copy stays', /get code|get t\d/],
];

it.each(caught)("the checker of better-auth's storage notices: %s", async (bug, words) => {
  const clock = createManualClock();
  const redis = createMemoryRedis({ clock, seed: 1 });
  const drivers = [0, 1, 2].map(() => withBug(redis.driver(), bug));
  for (let seed = 0; seed < 200; seed++) {
    const complaints = await runBetterAuthSchedule({ drivers, advance: (ms) => clock.advance(ms) }, seed);
    if (complaints.some((complaint) => words.test(complaint))) return;
  }
  expect.unreachable('200 schedules did not show it');
});
