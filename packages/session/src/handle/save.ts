import { validate } from '@penknife/core';
import type { Budget } from '../budget.js';
import { saveScript } from '../commands.js';
import { markerOf } from '../data/session-facts.js';
import { changeArguments } from '../data/session-fields.js';
import { SessionLimitError } from '../errors.js';
import { type Birth, createSession, type Moved, mostSessions } from '../move.js';
import type { SaveOutcome } from '../outcome.js';
import type { HeldSession } from './held-session.js';

/** Writes the changes of a session, creating it when it is new. */
export async function saveHeld<Data extends object>(
  held: HeldSession<Data>,
  call: Budget,
): Promise<SaveOutcome> {
  const { fields, store } = held;
  if (held.over !== null) return { ok: false, reason: held.over };
  if (held.facts === null) {
    const made = await bear(held, held.place, { user: null, device: '', maxSessions: mostSessions }, call);
    return held.settle(made) as SaveOutcome;
  }
  if (!fields.changed && !held.migrated) return { ok: true };
  const { idleMs, touchAfterMs, version, maxFields, maxBytes } = store.options;
  await checkData(held);
  const sent = fields.changes();
  const changes = changeArguments(sent);
  const failed = await held.act(
    (at, generation) =>
      store.on(saveScript, at, [
        idleMs,
        touchAfterMs,
        generation,
        markerOf(version),
        maxFields,
        maxBytes,
        ...changes,
      ]),
    call,
  );
  if (failed === null) {
    fields.settle(sent, held.answeredMs);
    held.migrated = false;
    return { ok: true };
  }
  if (failed.state === 'conflict') {
    fields.refuse(failed.fields);
    return { ok: false, reason: 'conflict', fields: failed.fields.map((field) => field.slice(1)) };
  }
  if (failed.state === 'limit') {
    throw new SessionLimitError(failed.limit, failed.limit === 'fields' ? maxFields : maxBytes);
  }
  return held.end(failed.state);
}

/** Creates a new session with all its fields, at a place of its own. */
export async function bear<Data extends object>(
  held: HeldSession<Data>,
  at: { readonly tag: string; readonly entry: string },
  birth: Birth,
  call: Budget,
): Promise<Moved> {
  const { fields, store } = held;
  await checkData(held);
  const sent = fields.changes();
  try {
    const made = await createSession(store, at, fields.texts(), birth, call);
    if (made.state === 'live') fields.settle(sent, made.facts.seenMs);
    return made;
  } catch (error) {
    // It may have been made, or be made yet. Nobody has that id, and nobody will: the next try takes another.
    held.moveIn(store.options.ring.mint(store.driver.random));
    throw error;
  }
}

async function checkData<Data extends object>({ fields, store }: HeldSession<Data>): Promise<void> {
  const { maxFields, maxBytes, schema } = store.options;
  fields.checkLimits(maxFields, maxBytes);
  if (schema !== undefined) await validate(schema, fields.all(), 'session');
}
