import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { Clock, Timer } from '@penknife/core';
import type { JournalRecord } from '../replication/redo.js';
import { ByteWriter } from '../structures/dump/byte-writer.js';
import { fileHead, frameOf } from './frames.js';
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
  #timer: Timer | undefined;
  #isClosed = false;

  /** Opens the file, cut to its good part. */
  constructor(options: JournalFileOptions, goodBytes: number) {
    this.#options = options;
    const { file } = options;
    let descriptor: number | undefined;
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

  append(record: JournalRecord): void {
    if (this.#gathered.length === 0) queueMicrotask(() => this.flush());
    writeRecord(this.#gathered, record);
  }

  /** Writes what has gathered; on the disk when it returns if the option says so. */
  flush(): void {
    if (this.#gathered.length === 0 || this.#isClosed) return;
    const frame = frameOf(this.#gathered.bytes);
    this.#gathered = new ByteWriter();
    try {
      this.#write(frame);
      if (this.#options.fsync === 'always') fdatasyncSync(this.#descriptor);
      else this.#syncLater();
    } catch (error) {
      this.#fail(error);
    }
  }

  /**
   * Puts other content in the file's place, which a crash cannot tear: a new file is written beside it, brought to the disk,
   * and takes its name.
   */
  replace(records: Iterable<readonly JournalRecord[]>): void {
    this.flush();
    if (this.#isClosed) return;
    const { file } = this.#options;
    const fresh = `${file}.rewrite`;
    let descriptor: number | undefined;
    try {
      descriptor = openSync(fresh, 'w');
      let size = writeAll(descriptor, fileHead);
      for (const group of records) {
        const writer = new ByteWriter();
        for (const record of group) writeRecord(writer, record);
        size += writeAll(descriptor, frameOf(writer.bytes));
      }
      fsyncSync(descriptor);
      renameSync(fresh, file);
      syncFolder(dirname(file));
      closeQuietly(this.#descriptor);
      this.#descriptor = descriptor;
      this.#size = size;
    } catch (error) {
      if (descriptor !== undefined) {
        closeQuietly(descriptor);
        removeQuietly(fresh);
      }
      this.#fail(error);
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

function writeAll(descriptor: number, bytes: Buffer): number {
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
  return bytes.length;
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

/** A new name is safe when its folder is on the disk; not every system lets a folder be opened for that. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
