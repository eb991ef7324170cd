import { integer, isOption } from '../../engine/arguments.js';
import { failure, syntaxError } from '../../engine/errors.js';
import type { Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import { dropReferences, isSettled, type ReferencePolicy } from '../../structures/stream/references.js';
import type { Stream } from '../../structures/stream/stream.js';
import type { StreamId } from '../../structures/stream/stream-id.js';
import type { CommandFamily } from '../command-family.js';
import { policyOf, strictId } from './stream-arguments.js';

const countNotPositive = failure('Number of IDs must be a positive integer');
const countMismatch = failure('The `numids` parameter must match the number of arguments');
/** What is told for an id: there was nothing to do, done, and acknowledged (or asked for) but still of use to a group. */
const absent = -1;
const deleted = 1;
const kept = 2;

/** `[policy] IDS count id …`, from `at` to the end; the policy may stand behind the ids, too. */
function readArguments(
  args: readonly string[],
  at: number,
): { readonly policy: ReferencePolicy; readonly ids: readonly string[] } {
  let policy: ReferencePolicy | undefined;
  let ids: readonly string[] | undefined;
  for (let i = at; i < args.length; i++) {
    const named = policyOf(args[i]);
    if (named !== undefined) {
      if (policy !== undefined) throw syntaxError;
      policy = named;
    } else if (isOption(args[i], 'IDS') && i + 1 < args.length) {
      const count = integer(args[i + 1] as string, countNotPositive);
      if (count < 1) throw countNotPositive;
      if (count > args.length - i - 2) throw countMismatch;
      ids = args.slice(i + 2, i + 2 + count);
      i += 1 + count;
    } else throw syntaxError;
  }
  if (ids === undefined) throw syntaxError;
  return { policy: policy ?? 'KEEPREF', ids };
}

/** Deletes an entry by a policy. */
function remove(stream: Stream, id: StreamId, policy: ReferencePolicy): number {
  if (policy === 'ACKED' && !isSettled(stream, id)) return kept;
  if (policy === 'DELREF') dropReferences(stream, id);
  return stream.delete(id) ? deleted : absent;
}

function xdelex(session: Session, args: readonly string[]): Reply {
  const key = args[1] as string;
  const { db } = session;
  const stream = db.write(key, 'stream');
  const { policy, ids: texts } = readArguments(args, 2);
  if (stream === undefined) return texts.map(() => absent);
  const ids = texts.map((text) => strictId(text));
  const before = stream.length;
  const outcomes = ids.map((id) => remove(stream, id, policy));
  if (stream.length < before) db.changed(key, 't', 'xdel', session);
  else session.engine.dirty++;
  return outcomes;
}

function xackdel(session: Session, args: readonly string[]): Reply {
  const key = args[1] as string;
  const { db, engine } = session;
  const stream = db.write(key, 'stream');
  const { policy, ids: texts } = readArguments(args, 3);
  const group = stream?.groups.get(args[2] as string);
  if (stream === undefined || group === undefined) return texts.map(() => absent);
  const ids = texts.map((text) => strictId(text));
  const before = stream.length;
  const outcomes = ids.map((id) => {
    if (!group.acknowledge(id)) return absent;
    // What was acknowledged counts as done, also where the entry itself was gone.
    return remove(stream, id, policy) === kept ? kept : deleted;
  });
  if (stream.length < before) db.changed(key, 't', 'xdel', session);
  else engine.dirty++;
  return outcomes;
}

/** Deleting entries together with what groups know of them (Redis 8.2). */
export const referencePolicyCommands: CommandFamily = { xdelex, xackdel };
