import { createManualClock, rawReply } from '@penknife/core';
import { expect, test } from 'vitest';
import { createMemoryRedis } from '../src/index.js';

const command = (name: Uppercase<string>, ...args: (string | number)[]) => ({
  args: [name, ...args] as const,
  read: rawReply,
});

function start() {
  const clock = createManualClock();
  const redis = createMemoryRedis({ clock });
  const driver = redis.driver();
  return { clock, redis, driver, n: () => driver.send(command('GET', 'n')) };
}

test('an error: the command does not run, the next one does', async () => {
  const { redis, driver, n } = start();
  redis.fail({ command: 'INCR', effect: { error: 'OOM no room' } });
  expect(await n()).toBeNull();
  await expect(driver.send(command('INCR', 'n'))).rejects.toMatchObject({ code: 'OOM' });
  expect(await n()).toBeNull();
  expect(await driver.send(command('INCR', 'n'))).toBe(1);
});

test('a dropped reply: it ran, its caller cannot know, lanes of others live on, and the connection comes back', async () => {
  const { redis, driver, n } = start();
  const lane = await driver.openLane();
  redis.fail({ command: 'INCR', effect: 'drop-reply' });
  await expect(driver.send(command('INCR', 'n'))).rejects.toMatchObject({
    code: 'CONNECTION',
    sent: 'maybe',
  });
  expect(await n()).toBe('1');
  expect(lane.lost.aborted).toBe(false);
});

test('a disconnect: it did not run; on a lane the lane is lost', async () => {
  const { redis, driver, n } = start();
  const lane = await driver.openLane();
  redis.fail({ effect: 'disconnect' });
  await expect(lane.send(command('INCR', 'n'))).rejects.toMatchObject({ sent: 'maybe' });
  expect(lane.lost.aborted).toBe(true);
  expect(await n()).toBeNull();
});

test('a delay: by the engine’s clock, and no longer than the deadline for its caller', async () => {
  const { clock, redis, driver, n } = start();
  redis.fail({ command: 'INCR', effect: { delayMs: 200 }, times: 2 });
  const late = driver.send(command('INCR', 'n'));
  const given = driver.send(command('INCR', 'n'), { deadlineMs: 100 });
  const refused = expect(given).rejects.toMatchObject({ code: 'DEADLINE', sent: 'maybe' });
  await clock.advance(199);
  await refused;
  expect(await n()).toBeNull();
  await clock.advance(1);
  expect(await late).toBe(1);
  expect(await n()).toBe('2');
});

test.each([{ error: 'OOM kein Platz für n' }, 'drop-reply', 'disconnect'] as const)(
  'a paused engine holds up what is to fail as all else, in its order: %j',
  async (effect) => {
    const { redis, driver, n } = start();
    const lane = await driver.openLane();
    redis.faults.pause();
    redis.fail({ command: 'INCR', effect });
    const outcomes: unknown[] = [];
    const before = lane.send(command('APPEND', 'n', '7')).catch((error: unknown) => error);
    const failed = lane.send(command('INCR', 'n')).catch((error: unknown) => outcomes.push(error));
    const behind = lane.send(command('APPEND', 'n', '0')).catch((error: unknown) => error);
    await new Promise(setImmediate);
    expect(outcomes).toEqual([]);
    expect(lane.lost.aborted).toBe(false);

    redis.faults.resume();

    expect(await before).toBe(1);
    await failed;
    if (typeof effect === 'string') {
      expect(outcomes).toMatchObject([
        { code: 'CONNECTION', sent: 'maybe', message: expect.stringMatching(/cut/) },
      ]);
      expect(await behind).toMatchObject({ code: 'CONNECTION', sent: 'maybe' });
      expect(await n()).toBe(effect === 'drop-reply' ? '8' : '7');
    } else {
      expect(outcomes).toMatchObject([{ code: 'OOM', message: expect.stringMatching(/für n/) }]);
      expect(await behind).toBe(2);
      expect(await n()).toBe('70');
    }
  },
);

test('without end until it is taken back; what makes no sense is refused by name', async () => {
  const { redis, driver } = start();
  const stop = redis.fail({ command: 'PING', effect: { error: 'ERR no' }, times: Number.POSITIVE_INFINITY });
  for (let i = 0; i < 3; i++)
    await expect(driver.send(command('PING'))).rejects.toMatchObject({ code: 'ERR' });
  stop();
  expect(await driver.send(command('PING'))).toBe('PONG');
  expect(() => redis.fail({ command: 'get', effect: 'disconnect' })).toThrow(/upper case/);
  expect(() => redis.fail({ effect: 'explode' as 'disconnect' })).toThrow(/effect/);
  expect(() => redis.fail({ effect: { delayMs: -1 } })).toThrow(/effect/);
  expect(() => redis.fail({ effect: 'disconnect', times: 0 })).toThrow(/times/);
});
