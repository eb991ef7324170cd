import {
  type CallOptions,
  type Command,
  callWithin,
  checkCall,
  type Driver,
  type Duration,
  durationMs,
  InvalidArgumentError,
  integerReply,
  type LanePool,
  type Reply,
  refuse,
  UnsupportedError,
} from '@penknife/core';
import type { Appended } from '../commands/append.js';
import { NotDurableError } from '../errors.js';

/** How an append is confirmed. */
export interface AppendOptions extends CallOptions {
  /**
   * Resolve only when the message is on replicas (`WAIT`), or flushed to the append-only file (`WAITAOF`, Redis 7.2).
   * Default: when the primary has it in memory.
   */
  readonly durable?: 'replica' | 'aof';
  /** How many replicas must have it. Default 1 with `'replica'`, 0 with `'aof'`. To survive any failover: all of them. */
  readonly replicas?: number;
  /** How long to wait for that. Default `'1s'`. */
  readonly confirmWithin?: Duration;
}

/** A confirmation that is wanted. */
export interface Durability {
  readonly kind: 'replica' | 'aof';
  readonly replicas: number;
  readonly withinMs: number;
}

/** Resolves the options; undefined when the primary's word is enough. Throws `InvalidArgumentError`. */
export function resolveDurability(options: AppendOptions | undefined): Durability | undefined {
  checkCall(options);
  const { durable, replicas = durable === 'aof' ? 0 : 1, confirmWithin = '1s' } = options ?? {};
  if (durable === undefined) {
    if (options?.replicas === undefined) return undefined;
    throw new InvalidArgumentError(
      'replicas',
      "must come with durable: 'replica' or 'aof'",
      options.replicas,
    );
  }
  if (durable !== 'replica' && durable !== 'aof') {
    throw new InvalidArgumentError('durable', "must be 'replica' or 'aof'", durable);
  }
  const least = durable === 'replica' ? 1 : 0;
  if (!Number.isSafeInteger(replicas) || replicas < least) {
    throw new InvalidArgumentError('replicas', `must be a whole number of at least ${least}`, replicas);
  }
  return { kind: durable, replicas, withinMs: durationMs(confirmWithin, 'confirmWithin', { minMs: 1 }) };
}

interface Confirmation {
  readonly flushed: boolean;
  readonly replicas: number;
}

function waitFor({ kind, replicas, withinMs }: Durability): Command<Confirmation> {
  if (kind === 'replica') {
    const read = integerReply('WAIT');
    return {
      args: ['WAIT', replicas, withinMs],
      read: (reply) => ({ flushed: true, replicas: read(reply) }),
    };
  }
  return {
    args: ['WAITAOF', 1, replicas, withinMs],
    read(reply: Reply) {
      const [local, remote] = Array.isArray(reply) ? reply : [];
      if (typeof local !== 'number' || typeof remote !== 'number')
        return refuse('WAITAOF', 'two counts', reply);
      return { flushed: local >= 1, replicas: remote };
    },
  };
}

/** Time a confirmation may take on its way, beside the waiting itself. */
const onTheWayMs = 1000;
/** How long an append that does not say may take: a lane has no deadline of its own. */
const usualDeadlineMs = 5000;

/**
 * Sends an append and waits for its confirmation, both on one connection: the server waits for what was written on the
 * connection that asks. Rejects with `NotDurableError` when that does not come, whatever the reason: the messages are in the log
 * then, and no error may say otherwise.
 */
export async function appendDurably(
  driver: Driver,
  lanes: LanePool,
  append: Command<readonly Appended[]>,
  durability: Durability,
  call: CallOptions | undefined,
): Promise<readonly Appended[]> {
  if (durability.kind === 'aof' && !(await driver.traits()).supports('waitaof')) {
    throw new UnsupportedError("durable: 'aof' needs WAITAOF: Redis 7.2 or later, Valkey");
  }
  const within = callWithin(call, usualDeadlineMs);
  const place = { ...within, ...(append.key !== undefined && { key: append.key }) };
  return lanes.use(async (lane) => {
    const appended = await lane.send(append, within);
    const confirmed = await lane
      .send(waitFor(durability), { ...within, deadlineMs: durability.withinMs + onTheWayMs })
      .catch((cause: unknown) => {
        const nothing = { replicas: 0, flushed: durability.kind === 'replica' };
        throw new NotDurableError(appended, nothing, 'there was no answer', cause);
      });
    if (confirmed.flushed && confirmed.replicas >= durability.replicas) return appended;
    throw new NotDurableError(appended, confirmed, shortcoming(durability, confirmed));
  }, place);
}

function shortcoming({ replicas, withinMs }: Durability, confirmed: Confirmation): string {
  const file = confirmed.flushed ? '' : ', and the append-only file of the primary does not have it';
  return `within ${withinMs} ms on ${confirmed.replicas} of ${replicas} replicas${file}`;
}
