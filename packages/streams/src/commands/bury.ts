import { type Command, defineScript, fragments, type Reply, refuse } from '@penknife/core';
import type { KeysOfGroup } from '../keys.js';
import buryLua from '../scripts/bury.lua';
import { copyFields, finish, isBefore, owned, rows } from '../scripts/fragments.js';
import { type Delivery, type Finish, type Owner, type SettleStatus, statusOf } from './delivery.js';

/** Why an entry became a dead letter. */
export interface Death {
  readonly reason: string;
  /** The error, if there was one, and what caused it. */
  readonly errors: readonly { readonly name: string; readonly message: string }[];
  /** True when this delivery ended in a failure of the handler. */
  readonly failed: boolean;
}

const bury = defineScript({
  name: 'streams/bury',
  lua: buryLua,
  fragments: [fragments.nowMs, owned, isBefore, rows, finish, copyFields],
  keys: 3,
  args: 11,
  repeatable: true,
  read(reply: Reply): { readonly status: SettleStatus; readonly deadLetters: number } {
    const [status, deadLetters] = Array.isArray(reply) ? reply : [];
    if (typeof deadLetters !== 'number') return refuse('streams/bury', 'a status and a count', reply);
    return { status: statusOf(status, 'streams/bury'), deadLetters };
  },
});

/** Moves an entry to the dead letters of its group. */
export function moveToDeadLetters(
  keys: KeysOfGroup,
  { group, consumer }: Owner,
  { id, deliveries }: Delivery,
  limit: number,
  death: Death,
  how: Finish,
): Command<{ readonly status: SettleStatus; readonly deadLetters: number }> {
  const { reason, errors, failed } = death;
  const [error, ...causes] = errors;
  const { name = '', message = '' } = error ?? {};
  const caused = causes.length === 0 ? '' : JSON.stringify(causes);
  return bury(
    [keys.log, keys.failures, keys.dead],
    [group, consumer, id, deliveries, limit, reason, name, message, failed ? 1 : 0, how, caused],
  );
}
