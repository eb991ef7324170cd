import type { Budget } from '../budget.js';
import { keepOnlyScript } from '../commands.js';
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
  const keepOnly = async (): Promise<boolean> => {
    const failed = await held.act((at) => store.on(keepOnlyScript, at, [idleMs, store.channel]), call);
    return failed === null || held.end(failed.state).ok;
  };
  if (!(await keepOnly())) return false;
  const others = ring.tagsOf(user).filter((tag) => tag !== held.place.tag);
  await store.endAll(others, call);
  // One that was on its way here from another slot may have arrived in between.
  return others.length === 0 || (await keepOnly());
}
