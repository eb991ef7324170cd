import { promisify } from 'node:util';
import { seededRandom } from '@penknife/core';
import { expect, it } from 'vitest';
import { createFastifySessionStore } from '../../src/fastify-session.js';
import type { StoredSession } from '../../src/index.js';
import { secretA, secretB } from '../sample.js';
import { type PlantedBug, planted } from '../schedule/planted-bug.js';
import { type SimulatedServer, simulatedServer } from '../schedule/run-schedule.js';
import { createTurnstile } from '../schedule/turnstile.js';

const schedules = 500;
const requests = 8;
const cookie = { originalMaxAge: 600_000, path: '/' };

/**
 * One session of a framework, and requests of three processes that each load it and change a field of their own, in half of the
 * schedules with a logout or a `clear` among them, their commands in an order of chance. In every second one the processes disagree
 * about which secret is the first.
 */
async function runSchedule(
  server: SimulatedServer,
  seed: number,
  bug?: PlantedBug,
): Promise<readonly string[]> {
  const random = seededRandom(seed);
  const turnstile = createTurnstile(random);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random.fraction() * list.length)] as T;
  const mixed = seed % 2 === 1;
  const stores = [0, 1, 2].map((i) => {
    const driver = turnstile.pass(
      server.driver({ random: seededRandom(seed * 10 + i) }),
      bug && planted(bug),
    );
    const secrets = mixed && i > 0 ? [secretB, secretA] : [secretA, secretB];
    const store = createFastifySessionStore(driver, { secrets, namespace: `store:${seed}` });
    return {
      get: promisify<string, StoredSession | null>(store.get as never),
      set: promisify<string, object, void>(store.set as never),
      destroy: promisify<string, void>(store.destroy as never),
      clear: promisify<void>(store.clear as never),
    };
  });
  const complaints: string[] = [];
  let ended = false;

  async function request(field: string, ends: boolean): Promise<void> {
    const store = pick(stores);
    const wasEnded = ended;
    const session = await store.get('one');
    if (session === null) return;
    if (wasEnded) complaints.push('resurrection: loaded after its end');
    if (ends) {
      await (random.fraction() < 0.9 ? store.destroy('one') : store.clear());
      ended = true;
      return;
    }
    session[field] = 1;
    await store.set('one', session);
  }

  /** Lets commands through until all is done. */
  async function finish(all: readonly Promise<unknown>[]): Promise<void> {
    let running = true;
    const done = Promise.all(all).finally(() => {
      running = false;
    });
    while (running) {
      await turnstile.next();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await done;
  }

  await finish([stores[0]?.set('one', { cookie }) ?? expect.unreachable()]);
  const logsOut = seed % 4 < 2;
  await finish(Array.from({ length: requests }, (_, i) => request(`n${i}`, logsOut && i % 4 === 3)));
  const last = pick(stores).get('one');
  await finish([last]);
  const found = await last;
  if (ended && found !== null) complaints.push('resurrection: there in the end');
  if (!ended) {
    for (let i = 0; i < requests; i++) {
      if (found?.[`n${i}`] !== 1 && !logsOut) complaints.push(`lost update: n${i}`);
    }
  }
  return complaints;
}

it(`a framework's store: ${schedules} schedules of parallel saves and logouts, nothing lost, nothing resurrected`, async () => {
  const server = simulatedServer();
  for (let seed = 1; seed <= schedules; seed++) {
    expect(await runSchedule(server, seed), `seed ${seed}`).toEqual([]);
  }
}, 60_000);

const caught: readonly (readonly [PlantedBug, RegExp])[] = [
  ['a store writes what is over', /^resurrection/],
  ['a store writes the whole document', /^lost update/],
];

it.each(caught)('its checker notices: %s', async (bug, words) => {
  const server = simulatedServer();
  for (let seed = 1; seed <= schedules; seed++) {
    if ((await runSchedule(server, seed, bug)).some((complaint) => words.test(complaint))) return;
  }
  expect.unreachable(`${schedules} schedules did not show it`);
});
