import { existsSync, linkSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createMemoryRedis, type MemoryRedis, PersistenceError } from '../src/index.js';
import { lockFile } from '../src/persistence/file-lock.js';
import { newFile, removeFiles, using } from './with-file.js';

afterEach(removeFiles);

const open = (file: string): MemoryRedis => createMemoryRedis({ persistence: { file } });

test('options that are none', () => {
  const file = newFile();
  expect(() => open('')).toThrow(/persistence.file must be a path/);
  expect(() => createMemoryRedis({ persistence: { file, fsync: 'never' as 'always' } })).toThrow(
    /persistence.fsync/,
  );
  expect(() => createMemoryRedis({ persistence: { file, rewriteAboveBytes: 0 } })).toThrow(
    /rewriteAboveBytes/,
  );
  open(file).close();
  expect(() => open(join(file, 'under a file'))).toThrow(PersistenceError);
});

describe('one engine a file', () => {
  test('while it is open, no other; nothing of the lock is left behind', async () => {
    const file = newFile();
    await using(file, async () => {
      expect(() => open(file)).toThrow(PersistenceError);
      expect(() => open(file)).toThrow(`is in use by process ${process.pid}`);
    });
    expect(readdirSync(dirname(file))).toEqual(['data']);
  });

  test('trap 1: closed twice, an engine does not give free the file of the next one', () => {
    const file = newFile();
    const first = open(file);
    first.close();
    const second = open(file);
    first.close();
    expect(() => open(file)).toThrow(/is in use by process/);
    second.close();
    open(file).close();
  });

  // A container's first process has the same pid after every restart.
  test.each([
    ['a process that is gone', '999999999'],
    ['an earlier process that had our pid, as this version writes it', `${process.pid} earlier-boot/1`],
    ['an earlier process that had our pid, where nothing tells when it began', `${process.pid}`],
    // Linux tells when that one began.
    ...(process.platform === 'linux'
      ? [['an earlier process whose pid another one has now', `${process.ppid} earlier-boot/1`] as const]
      : []),
    ['a machine that went down before the lock was on the disk', ''],
  ] as const)('trap 2: the lock of %s does not count', (_whose, text) => {
    const file = newFile();
    writeFileSync(`${file}.lock`, text);
    const redis = open(file);
    expect(() => open(file)).toThrow(/is in use by process/);
    redis.close();
    expect(readdirSync(dirname(file))).toEqual(['data']);
  });

  test('the lock of another process that runs counts', () => {
    const file = newFile();
    writeFileSync(`${file}.lock`, `${process.ppid}`);
    expect(() => open(file)).toThrow(`is in use by process ${process.ppid}`);
    expect(existsSync(`${file}.lock`)).toBe(true);
  });

  test('trap 3: of two that find a stale lock, one takes it: the other must not remove the new one', () => {
    const file = newFile();
    writeFileSync(`${file}.lock`, '999999999');
    // The other one is at it.
    writeFileSync(`${file}.lock.taking`, `${process.ppid}`);
    expect(() => open(file)).toThrow(`is in use by process ${process.ppid}`);
    // It died over it.
    writeFileSync(`${file}.lock.taking`, '999999998');
    open(file).close();
    expect(readdirSync(dirname(file))).toEqual(['data']);
  });
});

describe('where nothing tells when a process began', () => {
  const system = { startOf: () => undefined, link: linkSync };

  test('another thread of this process has the file', () => {
    const file = newFile();
    const another = `${process.pid} thread/${threadId + 1}`;
    writeFileSync(`${file}.lock`, another);
    expect(() => lockFile(file, system)).toThrow(`is in use by process ${process.pid}`);
    expect(readFileSync(`${file}.lock`, 'utf8')).toBe(another);
  });

  test('this thread has it, through whichever copy of the package', async () => {
    const file = newFile();
    const unlock = lockFile(file, system);
    expect(readFileSync(`${file}.lock`, 'utf8')).toBe(`${process.pid} thread/${threadId}`);
    expect(() => lockFile(file, system)).toThrow(`is in use by process ${process.pid}`);
    vi.resetModules();
    const copy = await import('../src/persistence/file-lock.js');
    expect(copy.lockFile).not.toBe(lockFile);
    expect(() => copy.lockFile(file, system)).toThrow(`is in use by process ${process.pid}`);
    unlock();
    copy.lockFile(file, system)();
    expect(readdirSync(dirname(file))).toEqual([]);
  });

  test.each([
    ['a process that is gone', '999999999 thread/0'],
    ['an earlier process that had our pid', `${process.pid} thread/${threadId}`],
    ['an earlier process that had our pid, as a version wrote it that named no thread', `${process.pid}`],
    ['an earlier process that had our pid, where something told', `${process.pid} earlier-boot/1`],
  ])('the lock of %s does not count', (_whose, text) => {
    const file = newFile();
    writeFileSync(`${file}.lock`, text);
    lockFile(file, system)();
    expect(readdirSync(dirname(file))).toEqual([]);
  });

  test('that of another process that runs counts', () => {
    const file = newFile();
    writeFileSync(`${file}.lock`, `${process.ppid} thread/0`);
    expect(() => lockFile(file, system)).toThrow(`is in use by process ${process.ppid}`);
  });
});

// EPERM as Linux' exFAT says it, EISDIR as Windows', EACCES as Android.
test.each(['EPERM', 'EISDIR', 'EACCES'])(
  'where a file has no second name (%s) the lock is made all the same',
  (code) => {
    const file = newFile();
    const link = (): never => {
      throw Object.assign(new Error(code), { code });
    };
    const system = { startOf: () => undefined, link };
    const unlock = lockFile(file, system);
    expect(() => lockFile(file, system)).toThrow(`is in use by process ${process.pid}`);
    expect(readdirSync(dirname(file))).toEqual(['data.lock']);
    unlock();
    expect(readdirSync(dirname(file))).toEqual([]);
  },
);
