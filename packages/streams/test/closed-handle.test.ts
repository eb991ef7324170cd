import { createManualClock } from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import { expect, it } from 'vitest';
import { createStreams, defineStream } from '../src/index.js';
import { keysOfStream } from '../src/keys.js';
import { startScheduler } from '../src/scheduling/scheduler.js';
import { drafts, numbered, numbers, splitNumbers } from './sample-streams.js';

const laned = defineStream('laned', { schema: numbered, retention: 'forever', lanes: { high: 2, low: 1 } });

it('of a handle that is closed nothing starts any more, by whatever way: nobody would close it', async () => {
  const driver = createMemoryRedis().driver();
  const streams = createStreams(driver);
  const [log, split, lanes] = [streams.open(numbers), streams.open(splitNumbers), streams.open(laned)];
  await streams.close();
  const handler = (): void => undefined;
  for (const start of [
    () => log.consume('g', handler),
    () => split.consume('g', handler),
    () => split.partition(0).consume('g', handler),
    () => lanes.consume('g', handler),
    () => lanes.lane('high').consume('g', handler),
    () => log.startTrimmer({ consumed: true }),
    () => log.startScheduler(),
  ])
    expect(start).toThrow(expect.objectContaining({ code: 'CLOSED' }));
  // What begins and ends by itself goes on.
  await log.append({ data: { n: 1 } });
  await driver.close();
});

it('a trimmer ends with its driver', async () => {
  const clock = createManualClock();
  const driver = createMemoryRedis({ clock }).driver();
  const errors: unknown[] = [];
  const log = createStreams(driver).open(numbers);
  log.startTrimmer({ consumed: true, every: 10, onError: (error) => errors.push(error) });
  await driver.close();
  await clock.advance(100);
  expect(errors).toEqual([]);
});

it('a scheduler ends with its driver, and its handle forgets it', async () => {
  const clock = createManualClock();
  const redis = createMemoryRedis({ clock });
  const driver = redis.driver();
  const [errors, ended]: [unknown[], unknown[]] = [[], []];
  const keys = keysOfStream('pk', 'numbers');
  const onError = (error: unknown): void => void errors.push(error);
  const scheduler = startScheduler(
    driver,
    keys,
    { maxLength: undefined, maxAgeMs: undefined },
    { onError },
    (one) => ended.push(one),
  );
  await clock.advance(20);
  await driver.close();
  await clock.advance(6000);
  expect(errors).toEqual([]);
  expect(ended).toEqual([scheduler]);
});

it('a tail that is told to end does so although the server says nothing, and also while nobody asks it for more', async () => {
  const clock = createManualClock();
  const redis = createMemoryRedis({ clock });
  const driver = redis.driver();
  const log = createStreams(driver).open(numbers);
  await log.appendMany(drafts(2));
  const stop = new AbortController();
  const tail = log.tail({ from: 'start', signal: stop.signal });
  const first = tail.next();
  await clock.advance(20);
  expect((await first).value?.data).toEqual({ n: 0 });
  const before = redis.inspect().connections;
  stop.abort();
  await clock.advance(20);
  // The connection that waited went with its last reader.
  expect(redis.inspect().connections).toBeLessThan(before);
  redis.faults.pause();
  const silent = new AbortController();
  const next = log.tail({ signal: silent.signal }).next();
  await clock.advance(20);
  silent.abort();
  let ended: unknown;
  void next.then((result) => {
    ended = result;
  });
  await clock.advance(20);
  expect(ended).toEqual({ done: true, value: undefined });
  redis.faults.resume();
  await driver.close();
});
