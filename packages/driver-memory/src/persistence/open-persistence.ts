import { readlinkSync, realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { checkObject, InvalidArgumentError } from '@penknife/core';
import { resetCounters } from '../engine/command-entry.js';
import { dumpValue } from '../engine/dump-value.js';
import type { Engine } from '../engine/engine.js';
import type { Journal } from '../engine/journal.js';
import { CommandError } from '../engine/reply.js';
import type { Session } from '../engine/session.js';
import { freshStatistics } from '../engine/statistics.js';
import { effectsOf, type JournalRecord, openRedoSession, redo } from '../replication/redo.js';
import { lockFile } from './file-lock.js';
import { readFrames } from './frames.js';
import { JournalFile } from './journal-file.js';
import { PersistenceError } from './persistence-error.js';
import { readRecords } from './records.js';

/** Keeps an engine's data in a file. */
export interface PersistenceOptions {
  /** Path of the file. One engine at a time: a lock file stands beside it. */
  readonly file: string;
  /**
   * `always`: what was acknowledged is on the disk. `everysecond` (the default): it is with the operating system, and on the
   * disk within about a second; a crash of the process loses nothing, one of the machine up to that second.
   */
  readonly fsync?: 'always' | 'everysecond';
  /** The file is written anew, with the present data only, when it has grown to twice its size after the last time and beyond this. Default 16 MB. */
  readonly rewriteAboveBytes?: number;
  /**
   * Hears, once, that the file cannot be written any more. By then the engine has ended as by `close()`: what was not kept was
   * not acknowledged, no connection is taken, and the file is free for another engine. Default: thrown where nobody catches
   * it, which ends the process.
   */
  readonly failed?: (error: PersistenceError) => void;
}

const rewriteAbove = 16 * 1024 * 1024;
const keysPerFrame = 64;
/** Beyond it a frame takes no more, unless a transaction or a script is under way. */
const frameBytes = 16 * 1024 * 1024;

/** What an engine's owner does with its file. */
export interface Persistence {
  close(): void;
}

function check(options: PersistenceOptions): void {
  checkObject('persistence', options);
  const { file, fsync = 'everysecond', rewriteAboveBytes = rewriteAbove, failed } = options;
  if (typeof file !== 'string' || file === '') {
    throw new InvalidArgumentError('persistence.file', 'must be a path', file);
  }
  if (fsync !== 'always' && fsync !== 'everysecond') {
    throw new InvalidArgumentError('persistence.fsync', "must be 'always' or 'everysecond'", fsync);
  }
  if (!Number.isSafeInteger(rewriteAboveBytes) || rewriteAboveBytes < 1) {
    throw new InvalidArgumentError(
      'persistence.rewriteAboveBytes',
      'must be a positive whole number',
      rewriteAboveBytes,
    );
  }
  if (failed !== undefined && typeof failed !== 'function')
    throw new InvalidArgumentError('persistence.failed', 'must be a function', failed);
}

/**
 * Brings an engine to the state its file tells, cuts a torn end, and writes down from then on what changes it. Throws
 * PersistenceError. `ended`: from now on nothing can be kept. Source: the append-only file of Redis; effects are kept rather than scripts, each with its time.
 */
export function openPersistence(
  engine: Engine,
  options: PersistenceOptions,
  ended: (error: PersistenceError) => void,
): Persistence {
  check(options);
  const { fsync = 'everysecond', rewriteAboveBytes = rewriteAbove } = options;
  const path = linkedFile(options.file);
  const unlock = lockFile(path);
  let file: JournalFile;
  try {
    const goodBytes = replay(engine, path);
    const failed = (error: PersistenceError): void => {
      engine.journal = undefined;
      // Whoever waits for an answer must not get one: what it says might be lost.
      ended(error);
      try {
        unlock();
      } catch {
        // It stays until this process has ended: then it does not count.
      }
      try {
        (options.failed ?? throwing)(error);
      } catch (thrown) {
        throwUncaught(thrown);
      }
    };
    file = new JournalFile({ file: path, fsync, clock: engine.clock, failed }, goodBytes);
  } catch (error) {
    unlock();
    throw error;
  }
  let sizeAfterRewrite = file.size;

  const rewrite = (): boolean => {
    const isDone = file.replace(present(engine));
    journal.hasRewriteFailed = !isDone;
    // Also when it failed: the next try is due when there is twice as much.
    sizeAfterRewrite = file.size;
    return isDone;
  };
  const append = (make: () => readonly JournalRecord[]): void => {
    file.append(make);
    if (file.size > rewriteAboveBytes && file.size > sizeAfterRewrite * 2 && !isRewriteDue) {
      isRewriteDue = true;
      // Not within a transaction or a script: the data has to be whole.
      queueMicrotask(() => {
        isRewriteDue = false;
        if (engine.journal === journal) rewrite();
      });
    }
  };
  let isRewriteDue = false;
  const journal: Journal = {
    ran({ db }, args, reply) {
      append(() =>
        effectsOf(engine, db.index, args, reply).map((effect) => record(engine, db.index, effect)),
      );
    },
    served({ db }, args, key) {
      append(() => [record(engine, db.index, args, key)]);
    },
    lost: (error) => file.lost(error),
    commandDone() {
      if (file.gatheredBytes > frameBytes) file.flush();
    },
    rewrite,
    hasRewriteFailed: false,
  };
  engine.config.set('appendonly', 'yes');
  engine.config.set('appendfsync', fsync === 'always' ? 'always' : 'everysec');
  engine.journal = journal;
  engine.beforeReplies = () => file.flush();
  engine.repliesWait = true;
  return {
    close() {
      engine.journal = undefined;
      engine.beforeReplies = () => undefined;
      file.close();
      unlock();
    },
  };
}

/** The file itself where a link leads to it: that is what is locked, and what is written anew. */
function linkedFile(file: string): string {
  try {
    return realpathSync(file);
  } catch {}
  try {
    // A link to a file that is not there yet.
    return linkedFile(resolve(realpathSync(dirname(file)), readlinkSync(file)));
  } catch {
    // The process may go to another folder.
    return resolve(file);
  }
}

function throwing(error: PersistenceError): never {
  throw error;
}

/** A command may be under way, whose caller would hear it. */
function throwUncaught(thrown: unknown): void {
  queueMicrotask(() => {
    throw thrown;
  });
}

function replay(engine: Engine, path: string): number {
  const session = openRedoSession(engine);
  try {
    return readFrames(path, (payload) => {
      for (const record of readRecords(payload)) redoOrThrow(engine, session, record, path);
    });
  } finally {
    engine.closeSession(session, true);
    engine.timeIsGiven = false;
    engine.refreshTime();
    forgetCounts(engine);
  }
}

function redoOrThrow(engine: Engine, session: Session, record: JournalRecord, path: string): void {
  try {
    redo(engine, session, record);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new PersistenceError(`${path}: this engine does not know ${record.args[0]}: ${error.err}`);
  }
}

/** What was done again was not asked for by anybody. */
function forgetCounts(engine: Engine): void {
  engine.stats = freshStatistics();
  resetCounters(engine.commands.values());
}

function record(
  { now }: Engine,
  database: number,
  args: readonly string[],
  servedKey?: string | undefined,
): JournalRecord {
  return { nowMs: now, database, args, servedKey };
}

/** All data as commands that make it, some keys a frame. */
function* present(engine: Engine): Iterable<readonly JournalRecord[]> {
  for (const { code } of engine.functions.libraries) yield [record(engine, 0, ['FUNCTION', 'LOAD', code])];
  for (const { index, entries } of engine.databases) {
    let group: JournalRecord[] = [];
    let groupBytes = 0;
    for (let at = 0; at < entries.size; at++) {
      const entry = entries.valueAt(at);
      const deadline = entry.expiresAt === undefined ? '0' : String(entry.expiresAt);
      const dump = dumpValue(entry);
      group.push(record(engine, index, ['RESTORE', entries.keyAt(at), deadline, dump, 'REPLACE', 'ABSTTL']));
      groupBytes += dump.length;
      if (group.length === keysPerFrame || groupBytes > frameBytes) {
        yield group;
        group = [];
        groupBytes = 0;
      }
    }
    if (group.length > 0) yield group;
  }
}
