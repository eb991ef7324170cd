import { createManualClock, type Reply } from '@penknife/core';
import { expect, test } from 'vitest';
import { createMemoryRedis } from '../src/index.js';
import { replay } from './replay.js';

replay('acl');

const words = (...args: [Uppercase<string>, ...string[]]) => ({ args, read: (reply: Reply) => reply });

test('a driver with credentials has the rights of its user, on its lanes and in scripts too', async () => {
  const redis = createMemoryRedis({ clock: createManualClock(), seed: 1 });
  const administrator = redis.driver();
  await administrator.send(words('ACL', 'SETUSER', 'limited', 'on', '>secret', '~*', '&*', '+@all', '-info'));
  const driver = redis.driver({ credentials: { username: 'limited', password: 'secret' } });
  const lane = await driver.openLane();
  for (const sender of [driver, lane]) {
    expect(await sender.send(words('ACL', 'WHOAMI'))).toBe('limited');
    await expect(sender.send(words('INFO'))).rejects.toMatchObject({ code: 'NOPERM' });
    expect(await sender.send(words('SET', 'a', '1'))).toBe('OK');
  }
  await administrator.send(words('ACL', 'SETUSER', 'limited', '-set'));
  await expect(driver.send(words('EVAL', "return redis.call('SET', 'a', 1)", '0'))).rejects.toThrow(
    "The user executing the script can't run this command or subcommand",
  );
  expect(await administrator.send(words('EVAL', "return redis.call('SET', 'a', 1)", '0'))).toBe('OK');
  redis.close();
});

test('a user who is deleted is cut off, and cannot come back', async () => {
  const clock = createManualClock();
  const redis = createMemoryRedis({ clock, seed: 1 });
  const administrator = redis.driver();
  await administrator.send(words('ACL', 'SETUSER', 'gone', 'on', 'nopass', '+@all'));
  const driver = redis.driver({ credentials: { username: 'gone', password: '' } });
  const lane = await driver.openLane();
  expect(await administrator.send(words('ACL', 'DELUSER', 'gone', 'nobody'))).toBe(1);
  expect(
    lane.lost.aborted || (await new Promise((resolve) => lane.lost.addEventListener('abort', resolve))),
  ).toBeTruthy();
  await expect(driver.openLane()).rejects.toMatchObject({ sent: 'no' });
  redis.close();
});
