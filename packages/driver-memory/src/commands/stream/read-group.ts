import { errorLine, failure, shown } from '../../engine/errors.js';
import { BLOCKED, CommandError, NULL_ARRAY, type Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import type { Consumer, ConsumerGroup } from '../../structures/stream/consumer-group.js';
import { claimIdle, nextIdleMs } from '../../structures/stream/group-idle.js';
import { readHistory, readNew } from '../../structures/stream/group-read.js';
import type { Stream } from '../../structures/stream/stream.js';
import { compareIds, formatId, MAXIMUM_ID, type StreamId } from '../../structures/stream/stream-id.js';
import type { CommandFamily } from '../command-family.js';
import { readOptions, refuseBlockInScript, streamsReply, waitOrNothing } from './read-options.js';
import { entryReply, strictId } from './stream-arguments.js';

const meaningless = (id: string): CommandError =>
  failure(
    `The ${id} ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by specifying a proper ID, or use the > ID to get new messages. The ${id} ID would just return an empty result set.`,
  );
const groupGone = new CommandError('NOGROUP the consumer group this client was blocked on no longer exists');

/** Notes that a consumer asked, making it when it is new. */
function presentConsumer(session: Session, key: string, group: ConsumerGroup, name: string): Consumer {
  const { engine, db } = session;
  const isNew = !group.consumers.has(name);
  const consumer = group.consumer(name, engine.now);
  consumer.seenAtMs = engine.now;
  if (isNew) db.noted(key, 't', 'xgroup-createconsumer');
  return consumer;
}

/** Where a consumer reads its history from; undefined: it reads what is new. Servers keep `>` as the highest ID there is. */
function historyAfter(text: string): StreamId | undefined {
  const id = text === '>' ? MAXIMUM_ID : strictId(text);
  return compareIds(id, MAXIMUM_ID) === 0 ? undefined : id;
}

function hasNew(stream: Stream, group: ConsumerGroup): boolean {
  const last = stream.log.edge(true)?.id;
  return last !== undefined && compareIds(last, group.lastId) > 0;
}

function xreadgroup(session: Session, args: readonly string[]): Reply {
  const options = readOptions(session, args, true);
  refuseBlockInScript(session, args, options);
  const { db, engine } = session;
  const { isLater } = engine.profile;
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
    if (text === '$' || (text === '+' && isLater)) throw meaningless(text);
    return { key, stream, group, after: historyAfter(text) };
  });
  const { count, noAck, claimIdleMs } = options;
  const newcomerAt = isLater ? reads.filter(({ group }) => !group.consumers.has(options.consumer)) : [];
  const takeNew = (key: string, stream: Stream, group: ConsumerGroup): Reply | undefined => {
    // Redis 7.0 makes a consumer no earlier than it has something for it.
    if (isLater) presentConsumer(session, key, group, options.consumer);
    const nowMs = engine.now;
    const claimed =
      claimIdleMs === undefined
        ? []
        : claimIdle(stream, group, { minimumIdleMs: claimIdleMs, count, nowMs, consumer: options.consumer });
    const left = count - claimed.length;
    if (claimed.length === 0 && !hasNew(stream, group)) return undefined;
    const { name } = presentConsumer(session, key, group, options.consumer);
    const entries =
      left > 0
        ? readNew(stream, group, { consumer: name, count: left, noAck, nowMs, looksBack: isLater })
        : [];
    engine.dirty++;
    if (claimIdleMs === undefined) return entries.map(entryReply);
    return [
      ...claimed.map(({ id, fields, idleMs, deliveries }) => [formatId(id), fields, idleMs, deliveries]),
      ...entries.map(({ id, fields }) => [formatId(id), fields, 0, 0]),
    ];
  };
  const found: [string, Reply][] = [];
  for (const { key, stream, group, after } of reads) {
    if (session.servedKey !== undefined && session.servedKey !== key) continue;
    if (after === undefined) {
      const entries = takeNew(key, stream, group);
      if (entries !== undefined) found.push([key, entries]);
      continue;
    }
    const consumer = presentConsumer(session, key, group, options.consumer);
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
  const waited =
    claimIdleMs === undefined
      ? waitOrNothing(session, options, attempt, { needsKey: true })
      : waitOrNothing(session, options, attempt, {
          needsKey: true,
          lookAgainMs: () =>
            Math.min(...reads.map(({ group }) => nextIdleMs(group, claimIdleMs, engine.now))),
        });
  // What waits is written down when it is served; its consumer is there from now on.
  if (waited === BLOCKED) {
    for (const { key } of newcomerAt) {
      engine.journal?.ran(session, ['XGROUP', 'CREATECONSUMER', key, groupName, options.consumer], 1);
    }
  }
  return waited;
}

/** XREADGROUP. */
export const readGroupCommands: CommandFamily = { xreadgroup };
