import { exactInteger, integer, isOption } from '../../engine/arguments.js';
import {
  errorLine,
  failure,
  shown,
  syntaxError,
  timeoutNegative,
  timeoutNotInteger,
} from '../../engine/errors.js';
import { BLOCKED, CommandError, NULL_ARRAY, type Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import type { Consumer, ConsumerGroup } from '../../structures/stream/consumer-group.js';
import { readHistory, readNew } from '../../structures/stream/group-read.js';
import type { Stream } from '../../structures/stream/stream.js';
import {
  compareIds,
  formatId,
  MAXIMUM_ID,
  nextId,
  type StreamId,
} from '../../structures/stream/stream-id.js';
import type { CommandFamily } from '../command-family.js';
import { entryReply, strictId } from './stream-arguments.js';

interface ReadOptions {
  readonly keys: readonly string[];
  readonly ids: readonly string[];
  readonly count: number;
  readonly blockMs: number | undefined;
  readonly group: string | undefined;
  readonly consumer: string;
  readonly noAck: boolean;
}

const onlyInGroup = (option: string): CommandError =>
  failure(`The ${option} option is only supported by XREADGROUP. You called XREAD instead.`);
const missingGroup = failure('Missing GROUP option for XREADGROUP');
const dollarInGroup = failure(
  'The $ ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by specifying a proper ID, or use the > ID to get new messages. The $ ID would just return an empty result set.',
);
const newWithoutGroup = failure(
  'The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.',
);

function readOptions(args: readonly string[], inGroup: boolean): ReadOptions {
  let count = 0;
  let blockMs: number | undefined;
  let group: string | undefined;
  let consumer = '';
  let noAck = false;
  let at = 1;
  for (; at < args.length; at++) {
    const more = args.length - at - 1;
    if (isOption(args[at], 'BLOCK') && more > 0) blockMs = blockTime(args[++at] as string);
    else if (isOption(args[at], 'COUNT') && more > 0) count = Math.max(0, integer(args[++at] as string));
    else if (isOption(args[at], 'STREAMS') && more > 0) break;
    else if (isOption(args[at], 'GROUP') && more > 1) {
      if (!inGroup) throw onlyInGroup('GROUP');
      group = args[++at] as string;
      consumer = args[++at] as string;
    } else if (isOption(args[at], 'NOACK')) {
      if (!inGroup) throw onlyInGroup('NOACK');
      noAck = true;
    } else throw syntaxError;
  }
  const rest = args.slice(at + 1);
  if (rest.length === 0) throw syntaxError;
  if (rest.length % 2 !== 0) {
    throw failure("Unbalanced XREAD list of streams: for each stream key an ID or '$' must be specified.");
  }
  if (inGroup && group === undefined) throw missingGroup;
  const half = rest.length / 2;
  return {
    keys: rest.slice(0, half),
    ids: rest.slice(half),
    count: count === 0 ? Number.POSITIVE_INFINITY : count,
    blockMs,
    group,
    consumer,
    noAck,
  };
}

function refuseBlockInScript(session: Session, args: readonly string[], { blockMs }: ReadOptions): void {
  if (blockMs === undefined || !session.inScript) return;
  throw failure(`${args[0]} command is not allowed with BLOCK option from scripts`);
}

function blockTime(text: string): number {
  const value = Number(exactInteger(text, timeoutNotInteger));
  if (value < 0) throw timeoutNegative;
  return value;
}

/** Streams with their entries: pairs for RESP2, a map for RESP3. */
function streamsReply(session: Session, found: readonly (readonly [string, Reply])[]): Reply {
  return session.protocol === 3 ? session.map(found.flat()) : found;
}

function waitOrNothing(
  session: Session,
  options: ReadOptions,
  attempt: (key: string) => Reply | undefined,
  needsKey: boolean,
): Reply {
  if (options.blockMs === undefined || !session.mayBlock) return NULL_ARRAY;
  session.engine.blocking.block(session, {
    keys: options.keys,
    kind: 'stream',
    timeoutMs: options.blockMs,
    attempt,
    ...(needsKey && { needsKey: true as const }),
  });
  return BLOCKED;
}

function xread(session: Session, args: readonly string[]): Reply {
  const options = readOptions(args, false);
  refuseBlockInScript(session, args, options);
  const { db } = session;
  const after = options.keys.map((key, i): StreamId => {
    const text = options.ids[i] as string;
    const stream = db.read(key, 'stream');
    if (text === '>') throw newWithoutGroup;
    return text === '$' ? (stream?.lastId ?? strictId('0-0')) : strictId(text);
  });
  const entriesOf = (key: string, i: number): Reply | undefined => {
    const start = nextId(after[i] as StreamId);
    const stream = db.read(key, 'stream');
    if (start === undefined || stream === undefined || compareIds(stream.lastId, start) < 0) return undefined;
    const entries = stream.log.range(start, MAXIMUM_ID, options.count);
    return entries.length === 0 ? undefined : entries.map(entryReply);
  };
  const found: [string, Reply][] = [];
  options.keys.forEach((key, i) => {
    const entries = entriesOf(key, i);
    if (entries !== undefined) found.push([key, entries]);
  });
  if (found.length > 0) return streamsReply(session, found);
  const attempt = (key: string): Reply | undefined => {
    const entries = entriesOf(key, options.keys.indexOf(key));
    return entries === undefined ? undefined : streamsReply(session, [[key, entries]]);
  };
  return waitOrNothing(session, options, attempt, false);
}

/** Notes that a consumer was served, making it when it is new: Redis 7.0 makes it no earlier. */
function servedConsumer(session: Session, key: string, group: ConsumerGroup, name: string): Consumer {
  const { engine, db } = session;
  const isNew = !group.consumers.has(name);
  const consumer = group.consumer(name, engine.now);
  consumer.seenAtMs = engine.now;
  if (isNew) db.noted(key, 't', 'xgroup-createconsumer');
  return consumer;
}

function hasNew(stream: Stream, group: ConsumerGroup): boolean {
  const last = stream.log.edge(true)?.id;
  return last !== undefined && compareIds(last, group.lastId) > 0;
}

const groupGone = new CommandError('NOGROUP the consumer group this client was blocked on no longer exists');

function xreadgroup(session: Session, args: readonly string[]): Reply {
  const options = readOptions(args, true);
  refuseBlockInScript(session, args, options);
  const { db, engine } = session;
  const groupName = options.group as string;
  const reads = options.keys.map((key, i) => {
    const text = options.ids[i] as string;
    const stream = db.read(key, 'stream');
    const group = stream?.groups.get(groupName);
    if (stream === undefined || group === undefined) {
      throw errorLine(
        `NOGROUP No such key '${shown(key)}' or consumer group '${shown(groupName)}' in XREADGROUP with GROUP option`,
      );
    }
    if (text === '$') throw dollarInGroup;
    return { key, stream, group, after: text === '>' ? undefined : strictId(text) };
  });
  const { count, noAck } = options;
  const takeNew = (key: string, stream: Stream, group: ConsumerGroup): Reply | undefined => {
    if (!hasNew(stream, group)) return undefined;
    const { name } = servedConsumer(session, key, group, options.consumer);
    const entries = readNew(stream, group, { consumer: name, count, noAck, nowMs: engine.now });
    engine.dirty++;
    return entries.map(entryReply);
  };
  const found: [string, Reply][] = [];
  for (const { key, stream, group, after } of reads) {
    if (session.servedKey !== undefined && session.servedKey !== key) continue;
    if (after === undefined) {
      const entries = takeNew(key, stream, group);
      if (entries !== undefined) found.push([key, entries]);
      continue;
    }
    const consumer = servedConsumer(session, key, group, options.consumer);
    const history = readHistory(stream, consumer, after, count, engine.now);
    found.push([key, history.map(({ id, fields }) => [formatId(id), fields ?? NULL_ARRAY])]);
  }
  if (found.length > 0) return streamsReply(session, found);
  const attempt = (key: string): Reply | undefined => {
    const stream = db.write(key, 'stream');
    const group = stream?.groups.get(groupName);
    if (stream === undefined || group === undefined) throw groupGone;
    const entries = takeNew(key, stream, group);
    return entries === undefined ? undefined : streamsReply(session, [[key, entries]]);
  };
  return waitOrNothing(session, options, attempt, true);
}

/** XREAD and XREADGROUP. */
export const readCommands: CommandFamily = { xread, xreadgroup };
