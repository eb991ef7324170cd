import { promisify } from 'node:util';
import { createManualClock } from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import { expect, it } from 'vitest';
import { createFastifySessionStore } from '../../src/fastify-session.js';
import type { StoredSession } from '../../src/index.js';
import { secretA } from '../sample.js';
import { type PlantedBug, withBug } from '../schedule/planted-bug.js';

/** What of a store's promises does not hold. */
async function complaintsOf(bug: PlantedBug | undefined): Promise<readonly string[]> {
  const clock = createManualClock();
  const store = createFastifySessionStore(withBug(createMemoryRedis({ clock, seed: 1 }).driver(), bug), {
    secrets: [secretA],
  });
  const get = promisify<string, StoredSession | null>(store.get as never);
  const set = promisify<string, object, void>(store.set as never);
  const destroy = promisify<string, void>(store.destroy as never);
  const clear = promisify<void>(store.clear as never);
  const cookie = { originalMaxAge: 60_000 };
  const complaints: string[] = [];
  const expectThat = (holds: boolean, complaint: string): void => {
    if (!holds) complaints.push(complaint);
  };
  const loaded = async (id: string): Promise<StoredSession> => (await get(id)) ?? {};

  await set('merge', { cookie, a: 1, b: 1 });
  const [first, second] = [await loaded('merge'), await loaded('merge')];
  first.a = 2;
  second.b = 2;
  await set('merge', first);
  await set('merge', second);
  const merged = await loaded('merge');
  expectThat(merged.a === 2 && merged.b === 2, 'lost update');

  await set('logout', { cookie, a: 1 });
  const slow = await loaded('logout');
  await destroy('logout');
  slow.a = 2;
  await set('logout', slow);
  expectThat((await get('logout')) === null, 'resurrected by a save');
  await set('logout', { cookie, a: 3 });
  expectThat((await get('logout')) === null, 'made anew after its end');

  await set('used', { cookie });
  await clock.advance(50_000);
  const used = await loaded('used');
  used.a = 1;
  await set('used', used);
  await clock.advance(59_999);
  expectThat((await get('used')) !== null, 'ended before its time');
  await clock.advance(1);
  expectThat((await get('used')) === null, 'outlived its time');

  await set('cleared', { cookie });
  const late = await loaded('cleared');
  await clear();
  expectThat((await get('cleared')) === null, 'not cleared');
  late.a = 1;
  await set('cleared', late);
  expectThat((await get('cleared')) === null, 'resurrected after clear');
  return complaints;
}

it.each([
  [undefined, []],
  ['a store writes the whole document', ['lost update']],
  [
    'a store writes what is over',
    ['resurrected by a save', 'made anew after its end', 'resurrected after clear'],
  ],
  ['a store leaves no tombstone', ['made anew after its end']],
  ['a store does not ask its index', ['not cleared', 'resurrected after clear']],
  ['a store keeps the first end', ['ended before its time']],
] as const)("a framework's store, with the bug: %s", async (bug, complaints) => {
  expect(await complaintsOf(bug)).toEqual(complaints);
});
