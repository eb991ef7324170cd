import type { Budget } from '../budget.js';
import { forgetUser, keepOnlyScript } from '../commands.js';
import { SessionStateError } from '../errors.js';
import type { HeldSession } from './held-session.js';

/** Ends all other sessions of the user. False when this one is over. */
export async function endOthers<Data extends object>(
  held: HeldSession<Data>,
  call: Budget,
): Promise<boolean> {
  const { store, over, facts } = held;
  if (over !== null) return false;
  const user = facts?.user ?? null;
  if (user === null) throw new SessionStateError('there is no user whose other sessions could end');
  const { idleMs, ring } = store.options;
  const failed = await held.act((at) => store.on(keepOnlyScript, at, [idleMs, store.channel]), call);
  if (failed !== null) return held.end(failed.state).ok;
  for (const tag of ring.tagsOf(user)) {
    if (tag !== held.place.tag) await store.send(forgetUser(store.userKey(tag), store.channel), call);
  }
  return true;
}
