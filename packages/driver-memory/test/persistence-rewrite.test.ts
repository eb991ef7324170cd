import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { createManualClock, rawReply } from '@penknife/core';
import { afterEach, describe, expect, test } from 'vitest';
import { createMemoryRedis } from '../src/index.js';
import { newFile, removeFiles, send, using } from './with-file.js';

afterEach(removeFiles);

test('within a transaction it is written anew once that is over', async () => {
  const file = newFile();
  // Each look at the time is one at the file: what a kill would leave by then.
  const states: Buffer[] = [];
  const clock = createManualClock();
  const looking = {
    ...clock,
    monotonic: () => {
      if (existsSync(file)) states.push(readFileSync(file));
      return clock.monotonic();
    },
  };
  await using(
    file,
    async (driver) => {
      const call = (...args: [Uppercase<string>, ...string[]]) => ({ args, read: rawReply });
      await send(driver, 'SET', 'c', '1');
      states.length = 0;
      await driver.transaction([
        call('SET', 'a', '1'),
        call('BGREWRITEAOF'),
        call('SORT', 'list'),
        call('SET', 'b', '1'),
      ]);
      states.push(readFileSync(file));
    },
    { clock: looking },
  );
  const found: unknown[] = [];
  for (const state of states) {
    const left = newFile();
    writeFileSync(left, state);
    found.push(await using(left, (again) => send(again, 'EXISTS', 'a', 'b')));
  }
  expect(new Set(found)).toEqual(new Set([0, 2]));
});

test('a consumer that waits is there again, though nothing came for it', async () => {
  const file = newFile();
  const clock = createManualClock();
  await using(
    file,
    async (driver) => {
      await send(driver, 'XGROUP', 'CREATE', 'log', 'group', '$', 'MKSTREAM');
      const lane = await driver.openLane();
      const waiting = lane.send({
        args: ['XREADGROUP', 'GROUP', 'group', 'one', 'BLOCK', '10', 'STREAMS', 'log', '>'],
        read: rawReply,
      });
      await clock.advance(10);
      expect(await waiting).toBeNull();
      await lane.close();
    },
    { clock, compatibility: '8.0' },
  );
  const consumers = await using(file, (again) => send(again, 'XINFO', 'CONSUMERS', 'log', 'group'), {
    clock,
    compatibility: '8.0',
  });
  expect(JSON.stringify(consumers)).toContain('"one"');
});

// Rights and links as POSIX has them.
describe.skipIf(process.platform === 'win32')('what is written anew', () => {
  test('keeps the rights of the file, whatever the mask of the process', async () => {
    const file = newFile();
    await using(file, async (driver) => {
      for (const mode of [0o600, 0o666]) {
        chmodSync(file, mode);
        expect(await send(driver, 'SAVE')).toBe('OK');
        expect(statSync(file).mode & 0o777).toBe(mode);
      }
    });
  });

  test.each(['there already', 'not there yet'])('is where a link leads to, %s', async (state) => {
    const file = newFile();
    mkdirSync(join(dirname(file), 'disk'));
    const target = join(dirname(file), 'disk', 'target');
    if (state === 'there already') writeFileSync(target, '');
    symlinkSync(target, file);
    await using(file, async (driver) => {
      await send(driver, 'SET', 'a', '1');
      expect(await send(driver, 'SAVE')).toBe('OK');
      // By either name it is one file, and in use.
      for (const name of [file, target]) {
        expect(() => createMemoryRedis({ persistence: { file: name } })).toThrow(/is in use by process/);
      }
    });
    expect(lstatSync(file).isSymbolicLink()).toBe(true);
    expect(await using(target, (again) => send(again, 'GET', 'a'))).toBe('1');
  });

  test('what a crash left of it goes with the next opening', async () => {
    const file = newFile();
    writeFileSync(`${file}.rewrite`, 'half of it');
    await using(file, (driver) => send(driver, 'SET', 'a', '1'));
    expect(readdirSync(dirname(file))).toEqual(['data']);
  });
});
