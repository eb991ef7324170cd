import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { createManualClock, type Driver } from '@penknife/core';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { SlowLog } from '../src/engine/slow-log.js';
import { createMemoryRedis, type PersistenceError } from '../src/index.js';
import { readFrames } from '../src/persistence/frames.js';
import { readAll, writeAll } from '../src/persistence/in-steps.js';
import { JournalFile } from '../src/persistence/journal-file.js';
import { readRecords } from '../src/persistence/records.js';
import type { JournalRecord } from '../src/replication/redo.js';
import { startServer } from '../src/server/index.js';
import { ByteWriter } from '../src/structures/dump/byte-writer.js';
import { ChunkedList } from '../src/structures/list/chunked-list.js';
import { RawClient } from './server/raw-client.js';
import { newFile, removeFiles, send, using } from './with-file.js';

afterEach(() => {
  vi.restoreAllMocks();
  removeFiles();
});

const planted = new RangeError('Array buffer allocation failed');

/** Planted: there is no memory for this text when half of its record is made. */
function plantText(): void {
  const { text } = ByteWriter.prototype;
  vi.spyOn(ByteWriter.prototype, 'text').mockImplementation(function (this: ByteWriter, written) {
    if (written === 'unwritable') throw planted;
    text.call(this, written);
  });
}

/** Planted: a command has changed something, and then meets a defect. */
function plantDefect(): void {
  vi.spyOn(SlowLog.prototype, 'add').mockImplementation(({ args }) => {
    if (args[0] === 'SUNIONSTORE') throw planted;
  });
}

/** Planted: a list cannot be told. */
function plantList(): void {
  vi.spyOn(ChunkedList.prototype, 'range').mockImplementation(() => {
    throw planted;
  });
}

describe('an entry that cannot be made', () => {
  test.each<readonly [string, () => void, [string, ...string[]]]>([
    ['half of it', plantText, ['SET', 'b', 'unwritable']],
    ['its outcome', plantList, ['SORT', 'set', 'STORE', 'b']],
    ['what of it was done', plantDefect, ['SUNIONSTORE', 'b', 'set']],
  ])('%s: nothing of its turn is acknowledged, nor in the file', async (_what, plant, words) => {
    const file = newFile();
    const told: PersistenceError[] = [];
    const redis = createMemoryRedis({ persistence: { file, failed: (error) => void told.push(error) } });
    const driver = redis.driver();
    await send(driver, 'SADD', 'set', '1');
    await send(driver, 'CONFIG', 'SET', 'slowlog-log-slower-than', '0');
    plant();
    const calls = await Promise.allSettled([
      send(driver, 'RPUSH', 'list', '1'),
      send(driver, ...words),
      send(driver, 'INCR', 'n'),
      send(driver, 'EXISTS', 'b'),
    ]);
    expect(calls.map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
    expect(calls[3]).toMatchObject({ reason: { code: 'CONNECTION', sent: 'maybe', cause: told[0] } });
    expect(told).toMatchObject([{ code: 'PERSISTENCE', cause: planted }]);
    await driver.close();
    redis.close();
    vi.restoreAllMocks();
    expect(await using(file, (again) => send(again, 'KEYS', '*'))).toEqual(['set']);
  });

  test('what a command in a script did when the stack ended is neither acknowledged nor in the file', async () => {
    const file = newFile();
    const told: PersistenceError[] = [];
    const redis = createMemoryRedis({ persistence: { file, failed: (error) => void told.push(error) } });
    const driver = redis.driver();
    await send(driver, 'SET', 'kept', '1');
    const { pushTail } = ChunkedList.prototype;
    const ended = new RangeError('Maximum call stack size exceeded');
    // Planted: the stack ends when the item is there and not counted yet.
    vi.spyOn(ChunkedList.prototype, 'pushTail').mockImplementation(function (this: ChunkedList, item) {
      pushTail.call(this, item);
      throw ended;
    });
    const calls = await Promise.allSettled([
      send(driver, 'EVAL', "pcall(redis.call, 'RPUSH', KEYS[1], 'x') return 'done'", '1', 'list'),
      send(driver, 'LRANGE', 'list', '0', '-1'),
    ]);
    expect(calls.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(told).toMatchObject([{ code: 'PERSISTENCE', cause: ended }]);
    await driver.close();
    redis.close();
    vi.restoreAllMocks();
    expect(await using(file, (again) => send(again, 'KEYS', '*'))).toEqual(['kept']);
  });

  test('clients at the door hear nothing but the end of their connection', async () => {
    const file = newFile();
    const told: PersistenceError[] = [];
    const redis = createMemoryRedis({ persistence: { file, failed: (error) => void told.push(error) } });
    const failures: unknown[] = [];
    const server = await startServer(redis, { onError: (error) => void failures.push(error) });
    const client = new RawClient({ port: server.port as number });
    expect(await client.ask('SET a kept')).toBe('+OK\r\n');
    plantText();
    client.send('MULTI', 'SET a lost', 'SET b unwritable', 'SET c lost', 'EXEC', 'GET a');
    expect(await client.end()).toBe('');
    expect(told).toHaveLength(1);
    expect(failures).toEqual([]);
    await server.close();
    redis.close();
    vi.restoreAllMocks();
    expect(await using(file, (again) => send(again, 'MGET', 'a', 'b', 'c'))).toEqual(['kept', null, null]);
  });
});

const set = (key: string): JournalRecord => ({
  nowMs: 1,
  database: 0,
  args: ['SET', key, '1'],
  servedKey: undefined,
});

/** A file as it is written, with one record; `told`: why it cannot be written any more. */
function open(): { readonly journal: JournalFile; readonly file: string; readonly told: PersistenceError[] } {
  const file = newFile();
  const told: PersistenceError[] = [];
  const failed = (error: PersistenceError): void => void told.push(error);
  const journal = new JournalFile({ file, fsync: 'always', clock: createManualClock(), failed }, 0);
  journal.append(() => [set('a')]);
  journal.flush();
  return { journal, file, told };
}

/** The keys that a file's records set, frame by frame. */
function keysOf(file: string): unknown[] {
  const found: unknown[] = [];
  readFrames(file, (payload) => void found.push(readRecords(payload).map(({ args }) => args[1])));
  return found;
}

// Names and open files as POSIX has them.
describe.skipIf(process.platform === 'win32')('a new file that does not get the name', () => {
  test('and the old one has it still: it is kept, and goes on', () => {
    const { journal, file, told } = open();
    const vanishing = function* () {
      yield [set('b')];
      rmSync(`${file}.rewrite`);
    };
    expect(journal.replace(vanishing())).toBe(false);
    expect(told).toEqual([]);
    expect(readdirSync(dirname(file))).toEqual(['data']);
    journal.append(() => [set('c')]);
    journal.flush();
    expect(journal.replace([[set('d')], [set('e')]])).toBe(true);
    journal.close();
    expect(keysOf(file)).toEqual([['d'], ['e']]);
  });

  test.each(['gone', 'another'])('and the old one is %s: that is the end', (state) => {
    const { journal, file, told } = open();
    const vanishing = function* () {
      yield [set('b')];
      rmSync(file);
      rmSync(`${file}.rewrite`);
      if (state === 'another') mkdirSync(file);
    };
    expect(journal.replace(vanishing())).toBe(false);
    expect(told).toMatchObject([{ code: 'PERSISTENCE', cause: { code: 'ENOENT' } }]);
  });
});

test('written anew, what belongs to one frame has an end by its bytes, too', async () => {
  const file = newFile();
  await using(file, async (driver) => {
    for (const key of 'abc') await send(driver, 'SET', key, 'x'.repeat(9 * 1024 * 1024));
    expect(await send(driver, 'SAVE')).toBe('OK');
  });
  expect(keysOf(file)).toEqual([['a', 'b'], ['c']]);
});

test('what one turn writes is no frame without end, and a script is in one', async () => {
  const file = newFile();
  const value = 'x'.repeat(6 * 1024 * 1024);
  const write = async (driver: Driver): Promise<void> => {
    const script = "for i = 1, 3 do redis.call('SET', KEYS[i], ARGV[1]) end";
    await Promise.all([
      ...[...'abcd'].map((key) => send(driver, 'SET', key, value)),
      send(driver, 'EVAL', script, 3, 'A', 'B', 'C', value),
      send(driver, 'SET', 'e', '1'),
      send(driver, 'SET', 'last', '1'),
    ]);
  };
  // Not written anew.
  await using(file, write, { rewriteAboveBytes: 2 ** 30 });
  expect(keysOf(file)).toEqual([
    ['a', 'b', 'c'],
    ['d', 'A', 'B', 'C'],
    ['e', 'last'],
  ]);
  expect(await using(file, (again) => send(again, 'DBSIZE'))).toBe(9);
});

test('a set of a hundred thousand and more is taken out whole, by one command', async () => {
  const file = newFile();
  const members = Array.from({ length: 130_000 }, (_, n) => String(n));
  await using(file, async (driver) => {
    for (let at = 0; at < members.length; at += 10_000)
      await send(driver, 'SADD', 'set', ...members.slice(at, at + 10_000));
    expect(await send(driver, 'SPOP', 'set', members.length)).toHaveLength(members.length);
  });
  expect(await using(file, (again) => send(again, 'EXISTS', 'set'))).toBe(0);
});

test('scripts alone make no frame without end either', async () => {
  const file = newFile();
  const value = 'x'.repeat(6 * 1024 * 1024);
  const script = "for i = 1, 3 do redis.call('SET', KEYS[i], ARGV[1]) end";
  await using(
    file,
    (driver) =>
      Promise.all([
        send(driver, 'EVAL', script, 3, 'a', 'b', 'c', value),
        send(driver, 'EVAL', script, 3, 'A', 'B', 'C', value),
      ]),
    { rewriteAboveBytes: 2 ** 30 },
  );
  expect(keysOf(file)).toEqual([
    ['a', 'b', 'c'],
    ['A', 'B', 'C'],
  ]);
});

test('more bytes than a system takes at once go out, and come back, in steps', () => {
  const file = newFile();
  const bytes = Buffer.from('0123456789');
  const written = openSync(file, 'w');
  expect(writeAll(written, bytes, 3)).toBe(10);
  closeSync(written);
  const descriptor = openSync(file, 'r');
  const room = Buffer.alloc(20);
  expect(readAll(descriptor, room, 1, 4)).toBe(9);
  closeSync(descriptor);
  expect(room.toString('latin1', 0, 10)).toBe('123456789\0');
  // Pages that nobody touches: they are taken from nowhere, and go there.
  if (process.platform !== 'linux') return;
  const nowhere = openSync('/dev/null', 'w');
  expect(writeAll(nowhere, Buffer.alloc(2 ** 31))).toBe(2 ** 31);
  closeSync(nowhere);
});

describe.skipIf(process.platform === 'win32')('where the file is', () => {
  // Who is root may read every folder.
  test.skipIf(process.getuid?.() === 0)('in a folder that may be written and not read', async () => {
    const file = newFile();
    chmodSync(dirname(file), 0o300);
    try {
      expect(await using(file, (driver) => send(driver, 'SET', 'a', '1'))).toBe('OK');
      expect(await using(file, (driver) => send(driver, 'SAVE'))).toBe('OK');
    } finally {
      chmodSync(dirname(file), 0o700);
    }
    expect(await using(file, (again) => send(again, 'GET', 'a'))).toBe('1');
  });

  test.each(['new', 'there already', 'a link'])(
    '%s, it stays there when the process goes elsewhere',
    async (state) => {
      const file = newFile();
      const elsewhere = dirname(newFile());
      if (state === 'there already') writeFileSync(file, '');
      if (state === 'a link') symlinkSync('target', file);
      const before = process.cwd();
      process.chdir(dirname(file));
      try {
        await using('./data', async (driver) => {
          process.chdir(elsewhere);
          await send(driver, 'SET', 'a', '1');
          expect(await send(driver, 'SAVE')).toBe('OK');
          await send(driver, 'SET', 'b', '1');
        });
      } finally {
        process.chdir(before);
      }
      expect(readdirSync(elsewhere)).toEqual([]);
      expect(await using(file, (again) => send(again, 'EXISTS', 'a', 'b'))).toBe(2);
    },
  );

  test('a link that leads up is followed from its folder, not from the name of that', async () => {
    const root = dirname(newFile());
    mkdirSync(join(root, 'real', 'inner'), { recursive: true });
    symlinkSync(join('real', 'inner'), join(root, 'folder'));
    symlinkSync(join('..', 'target'), join(root, 'folder', 'data'));
    await using(join(root, 'folder', 'data'), (driver) => send(driver, 'SET', 'a', '1'));
    expect(readdirSync(root).sort()).toEqual(['folder', 'real']);
    expect(await using(join(root, 'real', 'target'), (again) => send(again, 'GET', 'a'))).toBe('1');
  });
});
