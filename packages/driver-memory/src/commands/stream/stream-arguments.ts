import { exactInteger, integer, isOption } from '../../engine/arguments.js';
import { errorLine, failure, shown } from '../../engine/errors.js';
import type { CommandError, Reply } from '../../engine/reply.js';
import type { ServerProfile } from '../../engine/server-profile.js';
import type { Session } from '../../engine/session.js';
import type { ConsumerGroup } from '../../structures/stream/consumer-group.js';
import { type ReferencePolicy, trimByPolicy } from '../../structures/stream/references.js';
import type { Stream } from '../../structures/stream/stream.js';
import {
  formatId,
  MAXIMUM_ID,
  MINIMUM_ID,
  nextId,
  parseId,
  previousId,
  type StreamId,
  type U64,
} from '../../structures/stream/stream-id.js';
import type { StreamEntry } from '../../structures/stream/stream-log.js';
import { defaultTrimLimit, type TrimRule } from '../../structures/stream/stream-trim.js';

const invalidId: CommandError = failure('Invalid stream ID specified as stream command argument');
const invalidStart = failure('invalid start ID for the interval');
const invalidEnd = failure('invalid end ID for the interval');

/** An id: `ms-seq`, or `ms` alone with `missingSeq`; `-` and `+` are none. */
export function strictId(text: string, missingSeq: U64 = 0): StreamId {
  const id = parseId(shown(text), missingSeq);
  if (id === undefined) throw invalidId;
  return id;
}

/** An id, or `-` and `+` for the smallest and the greatest. */
export function looseId(text: string, missingSeq: U64 = 0): StreamId {
  if (text === '-') return MINIMUM_ID;
  if (text === '+') return MAXIMUM_ID;
  return strictId(text, missingSeq);
}

/** The lower end of an interval; `(id` leaves the id itself out. */
export function intervalStart(text: string): StreamId {
  if (!text.startsWith('(')) return looseId(text);
  const next = nextId(strictId(text.slice(1)));
  if (next === undefined) throw invalidStart;
  return next;
}

/** The upper end of an interval; `(id` leaves the id itself out. */
export function intervalEnd(text: string): StreamId {
  if (!text.startsWith('(')) return looseId(text, MAXIMUM_ID.seq);
  const previous = previousId(strictId(text.slice(1), MAXIMUM_ID.seq));
  if (previous === undefined) throw invalidEnd;
  return previous;
}

/** An entry in a reply: its id and its fields and values in turn. */
export function entryReply({ id, fields }: StreamEntry): Reply {
  return [formatId(id), fields];
}

/** The group of a stream; throws NOGROUP with the text that most commands use. */
export function groupOf(
  session: Session,
  key: string,
  name: string,
): { stream: Stream; group: ConsumerGroup } {
  const stream = session.db.write(key, 'stream');
  const group = stream?.groups.get(name);
  if (stream === undefined || group === undefined) {
    throw errorLine(`NOGROUP No such key '${shown(key)}' or consumer group '${shown(name)}'`);
  }
  return { stream, group };
}

/** The reference policy a word names. */
export function policyOf(word: string | undefined): ReferencePolicy | undefined {
  return (['KEEPREF', 'DELREF', 'ACKED'] as const).find((name) => isOption(word, name));
}

const twoStrategies = failure('syntax error, MAXLEN and MINID options at the same time are not compatible');
const negativeLength = failure('The MAXLEN argument must be >= 0.');
const negativeLimit = failure('The LIMIT argument must be >= 0.');
const limitAlone = failure('syntax error, LIMIT cannot be used without specifying a trimming strategy');
const limitNeedsTilde = failure('syntax error, LIMIT cannot be used without the special ~ option');

/** Collects MAXLEN, MINID and LIMIT of XADD and XTRIM, and where the server has them KEEPREF, DELREF and ACKED. */
export class TrimArguments {
  readonly #hasPolicies: boolean;
  policy: ReferencePolicy | undefined = undefined;
  #strategy: { maxLength: number } | { minimumId: StreamId } | undefined;
  #approximate = false;
  #limit: number | undefined;

  constructor({ compatibility }: ServerProfile) {
    this.#hasPolicies = compatibility === '8.6';
  }

  /** Takes the option at `at`; how many arguments it took, 0 when it is none. */
  take(args: readonly string[], at: number): number {
    if (this.#hasPolicies && this.policy === undefined) {
      this.policy = policyOf(args[at]);
      if (this.policy !== undefined) return 1;
    }
    const more = args.length - 1 - at;
    if (more < 1) return 0;
    if (isOption(args[at], 'LIMIT')) {
      this.#limit = integer(args[at + 1] as string);
      if (this.#limit < 0) throw negativeLimit;
      return 2;
    }
    const byLength = isOption(args[at], 'MAXLEN');
    if (!byLength && !isOption(args[at], 'MINID')) return 0;
    if (this.#strategy !== undefined) throw twoStrategies;
    const sign = args[at + 1];
    const signed = more >= 2 && (sign === '~' || sign === '=');
    this.#approximate = signed && sign === '~';
    const threshold = args[at + (signed ? 2 : 1)] as string;
    if (byLength) {
      const maxLength = Number(exactInteger(threshold));
      if (maxLength < 0) throw negativeLength;
      this.#strategy = { maxLength };
    } else {
      this.#strategy = { minimumId: looseId(threshold) };
    }
    return signed ? 3 : 2;
  }

  /** Trims by the rule and the policy that were collected; how many entries went. */
  trim(stream: Stream, rule: TrimRule): number {
    return trimByPolicy(stream, rule, this.policy ?? 'KEEPREF');
  }

  /** The rule, checked as a whole; undefined when no trimming was asked for. */
  rule(nodeMaxEntries: number): TrimRule | undefined {
    if (this.#strategy === undefined) {
      if (this.#limit) throw limitAlone;
      return undefined;
    }
    if (this.#limit !== undefined && !this.#approximate) throw limitNeedsTilde;
    const limit = this.#limit ?? (this.#approximate ? defaultTrimLimit(nodeMaxEntries) : 0);
    const strategy = this.#strategy;
    const approximate = this.#approximate;
    // Not spread: that alone took a fifth of XADD with MAXLEN.
    return 'maxLength' in strategy
      ? { maxLength: strategy.maxLength, approximate, limit }
      : { minimumId: strategy.minimumId, approximate, limit };
  }
}
