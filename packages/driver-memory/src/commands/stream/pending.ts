import { exactInteger, integer, integerWithin, isOption } from '../../engine/arguments.js';
import { failure, shown, syntaxError } from '../../engine/errors.js';
import { NULL_ARRAY, type Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import type { ConsumerGroup } from '../../structures/stream/consumer-group.js';
import { autoClaim, claim } from '../../structures/stream/group-claim.js';
import { listPending, summarizePending } from '../../structures/stream/group-pending.js';
import { compareIds, formatId, parseId, type StreamId } from '../../structures/stream/stream-id.js';
import type { CommandFamily } from '../command-family.js';
import { entryReply, groupOf, intervalEnd, intervalStart, strictId } from './stream-arguments.js';

function xpending(session: Session, args: readonly string[]): Reply {
  const [, key, name] = args as readonly [string, string, string];
  if (args.length === 3) return summary(groupOf(session, key, name).group);
  const hasIdle = isOption(args[3], 'IDLE');
  const at = hasIdle ? 5 : 3;
  if (args.length < 6 || args.length > 9) throw syntaxError;
  const minimumIdleMs = hasIdle ? integer(args[4] as string) : 0;
  if (args.length < at + 3) throw syntaxError;
  const count = Math.max(0, integer(args[at + 2] as string));
  const start = intervalStart(args[at] as string);
  const end = intervalEnd(args[at + 1] as string);
  const { group } = groupOf(session, key, name);
  const consumer = args[at + 3];
  const query = { start, end, count, minimumIdleMs, nowMs: session.engine.now };
  return listPending(group, consumer === undefined ? query : { ...query, consumer }).map((row) => [
    formatId(row.id),
    row.consumer,
    row.idleMs,
    row.deliveries,
  ]);
}

function summary(group: ConsumerGroup): Reply {
  const { count, firstId, lastId, consumers } = summarizePending(group);
  if (firstId === undefined || lastId === undefined) return [0, null, null, NULL_ARRAY];
  return [count, formatId(firstId), formatId(lastId), consumers.map((one) => [one.name, String(one.count)])];
}

/** Notes a claim: who was there is seen now, who is new is told of. */
function noteClaim(
  session: Session,
  key: string,
  group: ConsumerGroup,
  name: string,
  wasThere: boolean,
): void {
  const { engine, db } = session;
  const consumer = group.consumers.get(name);
  if (consumer !== undefined) consumer.seenAtMs = engine.now;
  if (consumer !== undefined && !wasThere) db.notify('t', 'xgroup-createconsumer', key);
  engine.dirty++;
}

interface ClaimArguments {
  force: boolean;
  justId: boolean;
  deliveredAtMs: number | undefined;
  deliveries: number | undefined;
  lastId: StreamId | undefined;
}

function readClaim(args: readonly string[], from: number, now: number): ClaimArguments {
  const found: ClaimArguments = {
    force: false,
    justId: false,
    deliveredAtMs: undefined,
    deliveries: undefined,
    lastId: undefined,
  };
  for (let i = from; i < args.length; i++) {
    const value = args[i + 1];
    const number = (name: string): number =>
      integer(value as string, failure(`Invalid ${name} option argument for XCLAIM`));
    if (isOption(args[i], 'FORCE')) found.force = true;
    else if (isOption(args[i], 'JUSTID')) found.justId = true;
    else if (isOption(args[i], 'IDLE') && value !== undefined) found.deliveredAtMs = now - number('IDLE');
    else if (isOption(args[i], 'TIME') && value !== undefined) found.deliveredAtMs = number('TIME');
    else if (isOption(args[i], 'RETRYCOUNT') && value !== undefined) found.deliveries = number('RETRYCOUNT');
    else if (isOption(args[i], 'LASTID') && value !== undefined) found.lastId = strictId(value);
    else throw failure(`Unrecognized XCLAIM option '${shown(args[i] as string)}'`);
    if (!isOption(args[i], 'FORCE') && !isOption(args[i], 'JUSTID')) i++;
  }
  if (found.deliveredAtMs !== undefined && (found.deliveredAtMs < 0 || found.deliveredAtMs > now)) {
    found.deliveredAtMs = now;
  }
  return found;
}

function xclaim(session: Session, args: readonly string[]): Reply {
  const [, key, name, consumerName] = args as readonly [string, string, string, string];
  const { engine } = session;
  const { stream, group } = groupOf(session, key, name);
  const minimumIdleMs = Math.max(
    0,
    Number(exactInteger(args[4] as string, failure('Invalid min-idle-time argument for XCLAIM'))),
  );
  const ids: StreamId[] = [];
  let at = 5;
  for (; at < args.length; at++) {
    const id = parseId(args[at] as string, 0);
    if (id === undefined) break;
    ids.push(id);
  }
  const { force, justId, deliveredAtMs, deliveries, lastId } = readClaim(args, at, engine.now);
  if (lastId !== undefined && compareIds(lastId, group.lastId) > 0) group.lastId = lastId;
  const wasThere = group.consumers.has(consumerName);
  // Redis 7.0 makes a consumer no earlier than it has something for it.
  if (engine.profile.isLater) group.consumer(consumerName, engine.now);
  const { entries } = claim(stream, group, ids, {
    consumer: consumerName,
    minimumIdleMs,
    nowMs: engine.now,
    force,
    justId,
    ...(deliveredAtMs !== undefined && { deliveredAtMs }),
    ...(deliveries !== undefined && { deliveries }),
  });
  noteClaim(session, key, group, consumerName, wasThere);
  return entries.map((entry) => (justId ? formatId(entry.id) : entryReply(entry)));
}

const badIdle = failure('Invalid min-idle-time argument for XAUTOCLAIM');
const badCount = failure('COUNT must be > 0');
const largestCount = 2 ** 63 / 16 / 10;

function xautoclaim(session: Session, args: readonly string[]): Reply {
  const [, key, name, consumerName] = args as readonly [string, string, string, string];
  const { engine } = session;
  const minimumIdleMs = Math.max(0, Number(exactInteger(args[4] as string, badIdle)));
  const start = intervalStart(args[5] as string);
  let count = 100;
  let justId = false;
  for (let i = 6; i < args.length; i++) {
    if (isOption(args[i], 'COUNT') && i + 1 < args.length) {
      count = integerWithin(args[++i] as string, 1, largestCount, badCount);
    } else if (isOption(args[i], 'JUSTID')) justId = true;
    else throw syntaxError;
  }
  const { stream, group } = groupOf(session, key, name);
  const wasThere = group.consumers.has(consumerName);
  if (engine.profile.isLater) group.consumer(consumerName, engine.now);
  const claimed = autoClaim(stream, group, start, count, {
    consumer: consumerName,
    minimumIdleMs,
    nowMs: engine.now,
    justId,
  });
  noteClaim(session, key, group, consumerName, wasThere);
  return [
    formatId(claimed.cursor),
    claimed.entries.map((entry) => (justId ? formatId(entry.id) : entryReply(entry))),
    claimed.deletedIds.map(formatId),
  ];
}

/** What was delivered and not acknowledged: looked at and taken over. */
export const pendingCommands: CommandFamily = { xpending, xclaim, xautoclaim };
