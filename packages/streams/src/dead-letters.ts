import { type CallOptions, callWithin, checkObject, type Driver, InvalidArgumentError } from '@penknife/core';
import { checkListener } from './arguments.js';
import { dropDeadLetters, replayDeadLetters } from './commands/dead.js';
import { rangeOf } from './commands/read.js';
import type { StreamDefinition } from './definition.js';
import { type LetterError, readLetter } from './entry/dead-letter-fields.js';
import { type DecodedEntry, decodeEntry } from './entry/decode-entry.js';
import { checkId } from './entry/position.js';
import type { RawEntry } from './entry/raw-entry.js';
import { PoisonError } from './errors.js';
import type { KeysOfGroup } from './keys.js';

/** A message a group gave up on, with what is known of its end. */
export interface DeadLetter<Message = DecodedEntry> {
  /** The letter's own id: by this it is replayed or discarded. */
  readonly id: string;
  /** The id the entry had in the log. */
  readonly originId: string;
  readonly group: string;
  /** `'failed'`, `'crashed'`, a poison reason, or what the handler said. */
  readonly reason: string;
  /** The last error and what caused it; null when there was none. */
  readonly error: LetterError | null;
  readonly deliveries: number;
  readonly failures: number;
  /** By the clock of the server, ms since 1970. */
  readonly firstFailedAtMs: number;
  readonly diedAtMs: number;
  /** The message; null when it cannot be decoded: `poison` says why. */
  readonly message: Message | null;
  readonly poison: PoisonError | null;
}

/** Which letters. */
export interface LetterChoice<Message> extends CallOptions {
  /** These letters. Default: all. */
  readonly ids?: readonly string[];
  /** Of those, the ones for which this is true. */
  readonly where?: (letter: DeadLetter<Message>) => boolean;
  /** At most this many. Default: all. */
  readonly limit?: number;
}

/** The dead letters of one group. */
export interface DeadLetters<Message> {
  /** Oldest first, page by page. */
  list(options?: LetterChoice<Message>): AsyncIterableIterator<DeadLetter<Message>>;
  /**
   * Gives letters back to their group, and to it alone, with fresh budgets: under their own id while the log has the entry,
   * else as a copy at the end of it. `perSecond` bounds the pace. Resolves to how many.
   */
  replay(options?: LetterChoice<Message> & { readonly perSecond?: number }): Promise<number>;
  /** Deletes letters. Resolves to how many. */
  discard(options?: LetterChoice<Message>): Promise<number>;
  count(options?: CallOptions): Promise<number>;
}

const pageSize = 100;

/** Makes the handle for the dead letters of a group. */
export function createDeadLetters(
  driver: Driver,
  definition: StreamDefinition<never, unknown>,
  keys: KeysOfGroup,
  group: string,
  callOptions: (options: CallOptions | undefined) => CallOptions | undefined,
): DeadLetters<DecodedEntry> {
  async function* list(choice: LetterChoice<DecodedEntry> = {}): AsyncGenerator<DeadLetter, void, undefined> {
    checkObject('options', choice);
    const { ids, where, limit = Number.POSITIVE_INFINITY } = choice;
    if (limit !== Number.POSITIVE_INFINITY && (!Number.isSafeInteger(limit) || limit < 1)) {
      throw new InvalidArgumentError('limit', 'must be a whole number of at least 1', limit);
    }
    checkListener('where', where);
    if (ids !== undefined && !Array.isArray(ids))
      throw new InvalidArgumentError('ids', 'must be an array', ids);
    let left = limit;
    for await (const entry of ids === undefined ? walk(choice) : pick(ids, choice)) {
      const letter = await open(entry);
      if (letter === undefined || where?.(letter) === false) continue;
      yield letter;
      left--;
      if (left <= 0) return;
    }
  }

  async function* walk(call: CallOptions): AsyncGenerator<RawEntry, void, undefined> {
    let lowest = '-';
    for (;;) {
      const page = await driver.send(
        rangeOf(keys.dead, lowest, '+', pageSize, false),
        callOptions(callWithin(call)),
      );
      yield* page;
      const last = page.at(-1);
      if (last === undefined || page.length < pageSize) return;
      lowest = `(${last.id}`;
    }
  }

  async function* pick(ids: readonly string[], call: CallOptions): AsyncGenerator<RawEntry, void, undefined> {
    for (const id of ids) checkId(id, 'id');
    for (const id of ids) {
      yield* await driver.send(rangeOf(keys.dead, id, id, 1, false), callOptions(callWithin(call)));
    }
  }

  async function open({ id, fields }: RawEntry): Promise<DeadLetter | undefined> {
    const letter = fields === null ? undefined : readLetter(fields);
    if (letter === undefined) return undefined;
    const { entryFields, ...facts } = letter;
    const decoded = await decodeEntry(definition, facts.originId, entryFields);
    const poison = decoded instanceof PoisonError ? decoded : null;
    return { id, group, ...facts, message: poison === null ? (decoded as DecodedEntry) : null, poison };
  }

  /** Acts on the chosen letters, some at a time. */
  async function forEachSome(
    choice: LetterChoice<DecodedEntry>,
    size: number,
    act: (ids: readonly string[]) => Promise<number>,
  ): Promise<number> {
    let done = 0;
    let some: string[] = [];
    for await (const { id } of list(choice)) {
      some.push(id);
      if (some.length < size) continue;
      done += await act(some);
      some = [];
    }
    return some.length > 0 ? done + (await act(some)) : done;
  }

  return {
    list,
    async replay(choice = {}) {
      checkObject('options', choice);
      const { perSecond } = choice;
      if (perSecond !== undefined && (!Number.isFinite(perSecond) || perSecond <= 0)) {
        throw new InvalidArgumentError('perSecond', 'must be a finite number above 0', perSecond);
      }
      const size =
        perSecond === undefined ? pageSize : Math.max(1, Math.min(pageSize, Math.floor(perSecond / 10)));
      let first = true;
      return forEachSome(choice, size, async (ids) => {
        if (perSecond !== undefined && !first) {
          await driver.clock.sleep((size / perSecond) * 1000, choice.signal);
        }
        first = false;
        return driver.send(replayDeadLetters(keys, group, ids), callOptions(callWithin(choice)));
      });
    },
    discard: async (choice = {}) =>
      forEachSome(choice, pageSize, (ids) =>
        driver.send(dropDeadLetters(keys, ids), callOptions(callWithin(choice))),
      ),
    count: async (call) =>
      driver.send(
        { args: ['XLEN', keys.dead], key: keys.dead, repeatable: true, read: Number },
        callOptions(call),
      ),
  };
}
