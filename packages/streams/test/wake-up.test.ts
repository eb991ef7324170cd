import { createManualClock, type Driver, type RandomSource, seededRandom } from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import { expect, it } from 'vitest';
import { createStreams } from '../src/index.js';
import { dressed } from './dressed.js';
import { numbers } from './sample-streams.js';

/** Every command and every reply takes its time, as they do on a loaded machine. */
function laggard(driver: Driver, random: RandomSource): Driver {
  const lag = async (): Promise<void> => {
    const delayMs = random.fraction() < 0.2 ? Math.floor(random.fraction() * 40) : 0;
    if (delayMs > 0) await driver.clock.sleep(delayMs);
  };
  const late = async <T>(act: () => Promise<T>): Promise<T> => {
    await lag();
    const result = await act();
    await lag();
    return result;
  };
  return dressed(driver, {
    send: (command, options) => late(() => driver.send(command, options)),
    async openLane(options) {
      const lane = await driver.openLane(options);
      return Object.assign(Object.create(lane) as typeof lane, {
        id: lane.id,
        lost: lane.lost,
        close: () => lane.close(),
        send: ((command, how) => late(() => lane.send(command, how))) as typeof lane.send,
      });
    },
  });
}

/** One reader and one writer; gives the longest time an entry took to reach the reader, in ms. */
async function longestWait(seed: number): Promise<number> {
  const random = seededRandom(seed);
  const clock = createManualClock();
  const redis = createMemoryRedis({ clock, seed });
  const reading = redis.driver();
  const writing = redis.driver();
  const writer = createStreams(writing).open(numbers);
  const stop = new AbortController();
  const appendedAt = new Map<number, number>();
  let longestMs = 0;
  let seen = 0;
  const tail = createStreams(laggard(reading, random)).open(numbers).tail({
    from: 'start',
    signal: stop.signal,
  });
  const reader = (async () => {
    for await (const { data } of tail) {
      longestMs = Math.max(longestMs, clock.monotonic() - (appendedAt.get(data.n) ?? 0));
      seen++;
    }
  })();
  let n = 0;
  for (let i = 0; i < 150; i++) {
    if (random.fraction() < 0.7) {
      appendedAt.set(n, clock.monotonic());
      await writer.append({ data: { n } });
      n++;
    }
    await clock.advance(Math.floor(random.fraction() * 3));
  }
  for (let i = 0; i < 2000 && seen < n; i++) await clock.advance(10);
  stop.abort();
  await clock.advance(200);
  await reader;
  await Promise.all([reading.close(), writing.close()]);
  return longestMs;
}

it('no wake-up is lost, however commands and replies of reader and waiter overtake one another', async () => {
  const slow: string[] = [];
  for (let seed = 1; seed <= 30; seed++) {
    const waitedMs = await longestWait(seed);
    // A lost wake-up costs the rest of a blocked read or of a poll interval: seconds.
    if (waitedMs > 500) slow.push(`seed ${seed}: ${waitedMs} ms`);
  }
  expect(slow).toEqual([]);
});
