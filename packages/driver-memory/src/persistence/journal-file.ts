import {
  closeSync,
  fchmodSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { Clock, Timer } from '@penknife/core';
import type { JournalRecord } from '../replication/redo.js';
import { ByteWriter } from '../structures/dump/byte-writer.js';
import { fileHead, frameOf } from './frames.js';
import { writeAll } from './in-steps.js';
import { PersistenceError } from './persistence-error.js';
import { writeRecord } from './records.js';

const everySecondMs = 1000;

/** How a file is written. */
export interface JournalFileOptions {
  readonly file: string;
  readonly fsync: 'always' | 'everysecond';
  readonly clock: Clock;
  /** The file can no longer be written: nothing may be acknowledged any more. */
  readonly failed: (error: PersistenceError) => void;
}

/**
 * The file at its end: records gather during a turn of the event loop and go out as one frame, before anybody is told of
 * them. `always`: on the disk by then; `everysecond`: with the system by then, on the disk a second later.
 */
export class JournalFile {
  readonly #options: JournalFileOptions;
  #descriptor: number;
  #size: number;
  #gathered = new ByteWriter();
  /** Why what has gathered is not whole. */
  #broken: unknown;
  #isDue = false;
  #timer: Timer | undefined;
  #isClosed = false;

  /** Opens the file, cut to its good part. */
  constructor(options: JournalFileOptions, goodBytes: number) {
    this.#options = options;
    const { file } = options;
    let descriptor: number | undefined;
    // A crash may have left it while it was written.
    removeQuietly(freshName(file));
    try {
      descriptor = openSync(file, 'a');
      this.#descriptor = descriptor;
      truncateSync(file, goodBytes);
      this.#size = goodBytes;
      if (goodBytes === 0) this.#write(fileHead);
      fsyncSync(this.#descriptor);
      if (goodBytes === 0) syncFolder(dirname(file));
    } catch (error) {
      if (descriptor !== undefined) closeQuietly(descriptor);
      throw new PersistenceError(`${file} cannot be written`, { cause: error });
    }
  }

  get size(): number {
    return this.#size;
  }

  /** What waits to be written. */
  get gatheredBytes(): number {
    return this.#gathered.length;
  }

  /** Takes the records of one write. When they cannot be made nothing of this turn is written, as on a disk that is full. */
  append(make: () => readonly JournalRecord[]): void {
    try {
      this.#flushLater();
      for (const record of make()) writeRecord(this.#gathered, record);
    } catch (error) {
      this.lost(error);
    }
  }

  /** A write cannot be told: nothing of this turn is written. */
  lost(error: unknown): void {
    this.#broken ??= error;
    this.#flushLater();
  }

  /** Writes what has gathered; on the disk when it returns if the option says so. */
  flush(): void {
    if (this.#isClosed || !(this.#isDue || this.#broken !== undefined)) return;
    this.#isDue = false;
    const { bytes } = this.#gathered;
    this.#gathered = new ByteWriter();
    try {
      if (this.#broken !== undefined) throw this.#broken;
      this.#write(frameOf(bytes));
      if (this.#options.fsync === 'always') fdatasyncSync(this.#descriptor);
      else this.#syncLater();
    } catch (error) {
      this.#fail(error);
    }
  }

  /**
   * Puts other content in the file's place, which a crash cannot tear: a new file is written beside it, brought to the disk,
   * and takes its name. False when that one could not be made, or not get the name: then the file is as it was, and goes on.
   */
  replace(records: Iterable<readonly JournalRecord[]>): boolean {
    this.flush();
    if (this.#isClosed) return false;
    const { file } = this.#options;
    const fresh = freshName(file);
    const written = this.#writeFresh(fresh, records);
    if (written === undefined) return false;
    try {
      renameSync(fresh, file);
      syncFolder(dirname(file));
    } catch (error) {
      closeQuietly(written.descriptor);
      removeQuietly(fresh);
      // Not when the old one has its name still: a file that is a mount of its own, say.
      if (!hasName(this.#descriptor, file)) this.#fail(error);
      return false;
    }
    closeQuietly(this.#descriptor);
    this.#descriptor = written.descriptor;
    this.#size = written.size;
    return true;
  }

  #writeFresh(
    fresh: string,
    records: Iterable<readonly JournalRecord[]>,
  ): { readonly descriptor: number; readonly size: number } | undefined {
    let descriptor: number | undefined;
    try {
      // Who may read the one before may read this one, from its first byte on.
      const mode = modeOf(this.#options.file);
      removeQuietly(fresh);
      descriptor = openSync(fresh, 'w', mode);
      if (mode !== undefined && modeOf(fresh) !== mode) fchmodSync(descriptor, mode);
      let size = writeAll(descriptor, fileHead);
      for (const group of records) {
        const writer = new ByteWriter();
        for (const record of group) writeRecord(writer, record);
        size += writeAll(descriptor, frameOf(writer.bytes));
      }
      fsyncSync(descriptor);
      return { descriptor, size };
    } catch {
      // No room for a second copy, say, or a value that is too long to be written as one text.
      if (descriptor !== undefined) {
        closeQuietly(descriptor);
        removeQuietly(fresh);
      }
      return undefined;
    }
  }

  /** Writes what is left and brings it to the disk. Repeatable. */
  close(): void {
    this.flush();
    if (this.#isClosed) return;
    try {
      fdatasyncSync(this.#descriptor);
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#end();
  }

  #write(bytes: Buffer): void {
    this.#size += writeAll(this.#descriptor, bytes);
  }

  #flushLater(): void {
    if (this.#isDue) return;
    queueMicrotask(() => this.flush());
    this.#isDue = true;
  }

  #syncLater(): void {
    this.#timer ??= this.#options.clock.timer(everySecondMs, () => {
      this.#timer = undefined;
      if (this.#isClosed) return;
      const descriptor = this.#descriptor;
      fdatasync(descriptor, (error) => {
        // The file may have been replaced or closed meanwhile: both bring it to the disk themselves.
        if (error && !this.#isClosed && descriptor === this.#descriptor) this.#fail(error);
      });
    });
  }

  #end(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    closeQuietly(this.#descriptor);
  }

  #fail(error: unknown): void {
    this.#end();
    this.#options.failed(new PersistenceError(`${this.#options.file} cannot be written`, { cause: error }));
  }
}

/** A file's rights; undefined when somebody took it away. */
function modeOf(file: string): number | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  return found && found.mode & 0o7777;
}

/** Whether an open file is the one of that name. */
function hasName(descriptor: number, file: string): boolean {
  try {
    const [open, named] = [fstatSync(descriptor), statSync(file)];
    return open.dev === named.dev && open.ino === named.ino;
  } catch {
    return false;
  }
}

/** Where the content that is to take a file's place is written. */
function freshName(file: string): string {
  return `${file}.rewrite`;
}

/** Some systems tell at the close once more what was wrong. By then the content is on the disk, or known to be lost. */
function closeQuietly(descriptor: number): void {
  try {
    closeSync(descriptor);
  } catch {}
}

/** What is left there is written over by the next one. */
function removeQuietly(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {}
}

/** A folder that may not be read, or of a system that brings none to the disk by itself. Source: PostgreSQL, which goes on as well. */
const unableToSync: ReadonlySet<string | undefined> = new Set(['EACCES', 'EISDIR', 'EBADF', 'EINVAL']);

/** A new name is safe when its folder is on the disk; not every system lets a folder be opened for that. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  let descriptor: number | undefined;
  try {
    descriptor = openSync(folder, 'r');
    fsyncSync(descriptor);
  } catch (error) {
    if (!unableToSync.has((error as NodeJS.ErrnoException).code)) throw error;
  } finally {
    if (descriptor !== undefined) closeQuietly(descriptor);
  }
}
