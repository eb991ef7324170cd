import type { Budget } from '../budget.js';
import { loadScript } from '../commands.js';
import { readSnapshot } from '../data/snapshot.js';
import type { HeldSession } from './held-session.js';

/** Reads a session again, without using it. Own changes stay on top. False when it is over. */
export async function refreshHeld<Data extends object>(
  held: HeldSession<Data>,
  call: Budget,
): Promise<boolean> {
  if (held.state !== 'live') return false;
  const { store } = held;
  const look = [store.options.idleMs, -1];
  const { place, answer } = await store.follow(held.place, '', (at) => store.on(loadScript, at, look), call);
  if (answer.state !== 'live') return held.end(answer.state).ok;
  const found = await readSnapshot(answer, store.options, store.codec);
  if (found === null) return held.end('foreign').ok;
  held.arriveAt(place);
  held.fields.replaceStored(found.stored);
  held.learn(found.facts, answer.nowMs);
  held.adopt(found.migrated);
  return true;
}
