import { integer, isOption } from '../../engine/arguments.js';
import { errorLine, noSuchKey, shown, subcommandSyntax } from '../../engine/errors.js';
import type { Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import type { ConsumerGroup, PendingEntry } from '../../structures/stream/consumer-group.js';
import { groupLag, type LagRule } from '../../structures/stream/group-lag.js';
import type { IdOrdered } from '../../structures/stream/id-ordered.js';
import type { Stream } from '../../structures/stream/stream.js';
import { formatId, MAXIMUM_ID, MINIMUM_ID } from '../../structures/stream/stream-id.js';
import type { CommandFamily } from '../command-family.js';
import { entryReply } from './stream-arguments.js';

function streamOf(session: Session, key: string): Stream {
  const stream = session.db.read(key, 'stream');
  if (stream === undefined) throw noSuchKey;
  return stream;
}

function groupsByName(stream: Stream): [string, ConsumerGroup][] {
  return [...stream.groups].sort(([left], [right]) => (left < right ? -1 : 1));
}

/** Adding once by an id is not known here; what Redis 8.6 tells of it is what it tells where nobody uses it. */
const idempotence: readonly Reply[] = [
  ...['idmp-duration', 100, 'idmp-maxsize', 100, 'pids-tracked', 0, 'iids-tracked', 0],
  ...['iids-added', 0, 'iids-duplicates', 0],
];

function head({ engine: { profile } }: Session, stream: Stream): Reply[] {
  return [
    'length',
    stream.length,
    'radix-tree-keys',
    stream.log.nodes.length,
    'radix-tree-nodes',
    stream.log.nodes.length + 1,
    'last-generated-id',
    formatId(stream.lastId),
    'max-deleted-entry-id',
    formatId(stream.maxDeletedId),
    'entries-added',
    stream.entriesAdded,
    'recorded-first-entry-id',
    formatId(stream.firstId),
    ...(profile.compatibility === '8.6' ? idempotence : []),
  ];
}

function info(session: Session, args: readonly string[]): Reply {
  const stream = streamOf(session, args[2] as string);
  let full = false;
  let count = 10;
  if (args.length > 3) {
    if (!isOption(args[3], 'FULL') || (args.length !== 4 && args.length !== 6))
      throw subcommandSyntax('XINFO', args[1] as string);
    full = true;
    if (args.length === 6) {
      if (!isOption(args[4], 'COUNT')) throw subcommandSyntax('XINFO', args[1] as string);
      count = integer(args[5] as string);
      if (count < 0) count = 10;
    }
  }
  if (full) return fullInfo(session, stream, count === 0 ? Number.POSITIVE_INFINITY : count);
  const first = stream.log.edge(false);
  const last = stream.log.edge(true);
  return session.map([
    ...head(session, stream),
    'groups',
    stream.groups.size,
    'first-entry',
    first === undefined ? null : entryReply(first),
    'last-entry',
    last === undefined ? null : entryReply(last),
  ]);
}

function lagRule({ engine: { profile } }: Session): LagRule {
  if (!profile.isLater) return 'subtracts';
  return profile.product === 'redis' ? 'counts' : 'distrusts';
}

function fullInfo(session: Session, stream: Stream, count: number): Reply {
  const rule = lagRule(session);
  return session.map([
    ...head(session, stream),
    'entries',
    stream.log.range(MINIMUM_ID, MAXIMUM_ID, count).map(entryReply),
    'groups',
    groupsByName(stream).map(([name, group]) =>
      session.map([
        'name',
        name,
        'last-delivered-id',
        formatId(group.lastId),
        'entries-read',
        group.entriesRead ?? null,
        'lag',
        groupLag(stream, group, rule) ?? null,
        'pel-count',
        group.pending.size,
        'pending',
        firstOf(group.pending, count).map((entry) => [
          formatId(entry.id),
          entry.consumer.name,
          entry.deliveredAtMs,
          entry.deliveries,
        ]),
        'consumers',
        group
          .consumersByName()
          .map((consumer) =>
            session.map([
              'name',
              consumer.name,
              'seen-time',
              consumer.seenAtMs,
              ...(session.engine.profile.isLater ? ['active-time', consumer.activeAtMs] : []),
              'pel-count',
              consumer.pending.size,
              'pending',
              firstOf(consumer.pending, count).map((entry) => [
                formatId(entry.id),
                entry.deliveredAtMs,
                entry.deliveries,
              ]),
            ]),
          ),
      ]),
    ),
  ]);
}

function firstOf(pending: IdOrdered<PendingEntry>, count: number): PendingEntry[] {
  const found: PendingEntry[] = [];
  pending.forEachFrom(MINIMUM_ID, (entry) => {
    found.push(entry);
    return found.length < count;
  });
  return found;
}

function groups(session: Session, args: readonly string[]): Reply {
  const stream = streamOf(session, args[2] as string);
  const rule = lagRule(session);
  return groupsByName(stream).map(([name, group]) =>
    session.map([
      'name',
      name,
      'consumers',
      group.consumers.size,
      'pending',
      group.pending.size,
      'last-delivered-id',
      formatId(group.lastId),
      'entries-read',
      group.entriesRead ?? null,
      'lag',
      groupLag(stream, group, rule) ?? null,
    ]),
  );
}

function consumers(session: Session, args: readonly string[]): Reply {
  const key = args[2] as string;
  const name = args[3] as string;
  const group = streamOf(session, key).groups.get(name);
  if (group === undefined) {
    throw errorLine(`NOGROUP No such consumer group '${shown(name)}' for key name '${shown(key)}'`);
  }
  const { now, profile } = session.engine;
  return group
    .consumersByName()
    .map((consumer) =>
      session.map([
        'name',
        consumer.name,
        'pending',
        consumer.pending.size,
        'idle',
        Math.max(0, now - consumer.seenAtMs),
        ...(profile.isLater
          ? ['inactive', consumer.activeAtMs < 0 ? -1 : Math.max(0, now - consumer.activeAtMs)]
          : []),
      ]),
    );
}

/** XINFO. */
export const streamInfoCommands: CommandFamily = {
  'xinfo|stream': info,
  'xinfo|groups': groups,
  'xinfo|consumers': consumers,
};
