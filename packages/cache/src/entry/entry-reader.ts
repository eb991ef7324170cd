import { ConnectionError, type Outcome } from '@penknife/core';
import { readBytes } from '../commands/entry-commands.js';
import { readMany } from '../commands/log-commands.js';
import type { InvalidationRecord } from '../invalidation/record.js';
import type { Place, Tag } from '../keys.js';
import { type TagRecords, tagRecordsOf } from './floors.js';
import { type Entry, readEntry } from './header.js';
import { judge } from './judge.js';
import type { FirstRead, ReaderParts, Reading, RecordsReading } from './reading.js';
import { type AskedTags, ReadingTurn, type WaitingRead } from './reading-turn.js';

type Bytes = Uint8Array | null;

/** What came back for one turn. */
interface Answers {
  readonly record: Bytes;
  readonly tags: readonly Bytes[];
  readonly entries: readonly Outcome<Bytes>[];
}

const noTags: readonly Tag[] = [];
const noneAsked = { declared: noTags, soft: noTags };
/** The most entries in one command. */
const mostTogether = 128;
/** So often a read asks again when the record of the cache is lost meanwhile. */
const mostTries = 5;
/** The most of different callers: more go out as several commands, so that the server answers some while others are read. */
const mostOfCallers = 32;

/**
 * Reads entries from Redis together with the records that say whether they still count. Everything asked for within one turn
 * of the event loop goes out together: one MGET, or on a cluster one MGET of the records and a GET for each entry. A turn
 * that was sent takes nobody in, so a read never answers with what was there before its call.
 */
export class EntryReader {
  readonly #parts: ReaderParts;
  #turn: ReadingTurn | undefined;

  constructor(parts: ReaderParts) {
    this.#parts = parts;
  }

  read(place: Place, declared: readonly Tag[], soft: readonly Tag[] = noTags): Promise<Reading> {
    const turn = this.#next();
    const reading = turn.join(place, askedTags(declared, soft));
    if (turn.reads.length >= mostOfCallers) this.#send(turn);
    return reading;
  }

  /** Many entries, with one promise for all of them: what each read met, in the order of the places. Never rejects. */
  readAll(places: readonly Place[], declared: readonly Tag[]): Promise<readonly FirstRead[]> {
    if (places.length === 0) return Promise.resolve([]);
    const tags = askedTags(declared, noTags);
    return new Promise((resolve) => {
      const found = new Array<FirstRead>(places.length);
      let left = places.length;
      const met = (i: number, read: FirstRead): void => {
        // A turn that fails half-way rejects what was answered, too.
        if (found[i] !== undefined) return;
        found[i] = read;
        if (--left === 0) resolve(found);
      };
      for (const [i, place] of places.entries()) {
        const turn = this.#next();
        turn.add(
          place,
          tags,
          (reading) => met(i, { reading }),
          (error) => met(i, { error }),
        );
        if (turn.reads.length >= mostTogether) this.#send(turn);
      }
    });
  }

  /** The record of the cache and those of tags. */
  records(tags: readonly Tag[]): Promise<RecordsReading> {
    return this.#next().joinRecords(tags);
  }

  #next(): ReadingTurn {
    if (this.#turn === undefined) {
      const turn = new ReadingTurn();
      this.#turn = turn;
      queueMicrotask(() => {
        if (this.#turn === turn) this.#send(turn);
      });
    }
    return this.#turn;
  }

  #send(turn: ReadingTurn): void {
    this.#turn = undefined;
    this.#read(turn).catch((error: unknown) => turn.reject(error));
  }

  async #read(turn: ReadingTurn): Promise<void> {
    const { position, keeper, availability, driver } = this.#parts;
    availability.pass();
    const ready = position.ready();
    if (ready !== undefined) await ready;
    const tags = turn.tags();
    const { watches } = keeper;
    if (keeper.tier !== undefined) for (const read of turn.reads) read.watch = watches.begin(read.place.id);
    try {
      for (let tries = 0; tries < mostTries; tries++) {
        const sentAt = driver.clock.monotonic();
        const then = position.standing;
        const answers = await availability.ask(() => this.#fetch(turn.reads, tags));
        const record = position.observe(textOf(answers.record), sentAt, then);
        if (record === undefined) {
          await position.catchUp();
          continue;
        }
        await this.#settle(turn, { record, tagRecords: recordsOf(tags, answers.tags, record) }, answers);
        return;
      }
      throw new ConnectionError('the record of the cache was lost again and again', { sent: 'no' });
    } finally {
      for (const { watch } of turn.reads) if (watch !== undefined) watches.end(watch);
    }
  }

  async #settle(turn: ReadingTurn, records: RecordsReading, { entries }: Answers): Promise<void> {
    for (const waiting of turn.records) waiting.resolve(records);
    const undeclared: (() => Promise<void>)[] = [];
    for (const [i, read] of turn.reads.entries()) {
      const outcome = entries[i] as Outcome<Bytes>;
      if (!outcome.ok) {
        read.reject(outcome.error);
        continue;
      }
      const bytes = outcome.value;
      const entry = bytes === null ? undefined : readEntry(bytes);
      if (entry !== undefined && bearsUnknown(entry, records.tagRecords)) {
        undeclared.push(() => this.#settleUndeclared(read, bytes, entry));
      } else read.resolve(judge(this.#parts, read, records, bytes, entry));
    }
    await Promise.all(undeclared.map((settle) => settle()));
  }

  /** The entry bears tags that nobody had declared: their records take another trip. */
  async #settleUndeclared(read: WaitingRead, bytes: Bytes, entry: Entry): Promise<void> {
    const { places } = this.#parts;
    const undeclared = entry.header.tags.map(places.tagOf);
    try {
      const records = await this.records([...read.tags.declared, ...read.tags.soft, ...undeclared]);
      read.resolve(judge(this.#parts, read, records, bytes, entry));
    } catch (error) {
      read.reject(error);
    }
  }

  async #fetch(reads: readonly WaitingRead[], tags: readonly Tag[]): Promise<Answers> {
    const { driver, places, options } = this.#parts;
    const call = { deadlineMs: options.deadlineMs };
    const records = [places.record, ...tags.map(({ key }) => key)];
    if (driver.topology !== 'cluster') {
      const keys = [...records, ...reads.map(({ place }) => place.entry)];
      const [record = null, ...rest] = await driver.send(readMany(keys, places.record), call);
      const entries = rest.slice(tags.length).map((value): Outcome<Bytes> => ({ ok: true, value }));
      return { record, tags: rest.slice(0, tags.length), entries };
    }
    const commands = [readMany(records, places.record), ...reads.map(({ place }) => readBytes(place.entry))];
    const [first, ...entries] = await driver.batch(commands as [ReturnType<typeof readMany>], call);
    if (!first.ok) throw first.error;
    const [record = null, ...rest] = first.value;
    return { record, tags: rest, entries: entries as Outcome<Bytes>[] };
  }
}

function askedTags(declared: readonly Tag[], soft: readonly Tag[]): AskedTags {
  return declared.length === 0 && soft.length === 0 ? noneAsked : { declared, soft };
}

function bearsUnknown({ header }: Entry, known: TagRecords): boolean {
  return header.tags.length > 0 && header.tags.some((id) => !known.has(id));
}

function recordsOf(tags: readonly Tag[], answers: readonly Bytes[], record: InvalidationRecord): TagRecords {
  return tagRecordsOf(
    tags.map(({ id }) => id),
    answers.map(textOf),
    record.origin,
  );
}

function textOf(bytes: Bytes): string | undefined {
  return bytes === null
    ? undefined
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
