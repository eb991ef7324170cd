import { AbortedError, DeadlineError, sentOf } from '@penknife/core';
import type { ResolvedAcquire } from '../options.js';
import type { AcquireOutcome } from '../outcome.js';
import { isNoAnswer } from './acknowledged-sender.js';
import type { Acquirable } from './acquirable.js';
import type { AcquireReply } from './acquire-reply.js';
import { momentOf, validityLeftMs } from './validity.js';
import type { WaiterParts } from './waiter-parts.js';

/** One acquisition that does not wait: one request, and whatever it took is given back when nobody can use it any more. */
export async function tryOnce(
  target: Acquirable,
  options: ResolvedAcquire,
  parts: WaiterParts,
): Promise<AcquireOutcome> {
  const { clock } = parts.driver;
  const { signal, ttlMs } = options;
  if (signal?.aborted) return { ok: false, reason: 'aborted', error: signal.reason };
  const token = parts.tokens.next();
  const startedAt = momentOf(clock);
  let reply: AcquireReply;
  parts.underWay.begin();
  try {
    reply = await parts.ask(target, token, ttlMs, '-', signal);
  } catch (error) {
    if (sentOf(error) === 'maybe') parts.giveBack(target, token, ttlMs, true);
    if (error instanceof AbortedError) return { ok: false, reason: 'aborted', error: error.cause };
    if (isNoAnswer(error)) return { ok: false, reason: 'unavailable', error };
    throw parts.keyError(error, target);
  } finally {
    parts.underWay.end();
  }
  if (reply.state !== 'held') {
    return { ok: false, reason: 'held', ...parts.seen(reply.state === 'waiting' ? reply : undefined) };
  }
  const late = validityLeftMs(startedAt, ttlMs, momentOf(clock)) <= 0;
  if (!late && !signal?.aborted && !parts.closing.aborted) {
    return { ok: true, lock: parts.hold(target, token, reply.fence, options, startedAt) };
  }
  parts.giveBack(target, token, ttlMs);
  if (late) return { ok: false, reason: 'unavailable', error: new DeadlineError(ttlMs) };
  const ended = signal?.aborted ? signal : parts.closing;
  return { ok: false, reason: 'aborted', error: ended.reason };
}
