import { type Budget, repeatMs } from '../budget.js';
import { checkScript, freshenScript, rotateScript } from '../commands.js';
import { type Place, publicIdOf } from '../key-ring.js';
import { type Birth, type Elsewhere, type Move, type Moved, mostSessions, moveSession } from '../move.js';
import type { LoginOutcome, SaveOutcome } from '../outcome.js';
import type { HeldSession } from './held-session.js';
import { bear, saveHeld } from './save.js';

/** Moves a session, saved first, into the slot of a user. `keeping`: it is no login, so its clocks and description stay. */
export async function moveHeld<Data extends object>(
  held: HeldSession<Data>,
  birth: Birth & { readonly user: string },
  call: Budget,
  keeping?: { readonly fresh: boolean },
): Promise<LoginOutcome> {
  held.refuseOver();
  const { store } = held;
  const { ring } = store.options;
  const to = ring.mint(store.driver.random, ring.tagsOf(birth.user)[0]);
  let made: Moved | Elsewhere;
  if (held.facts === null) {
    made = await bear(held, to, birth, call);
  } else {
    const saved = await saveHeld(held, call);
    if (!saved.ok) return saved;
    const from = { place: held.place, generation: held.facts.generation };
    const move: Move =
      keeping === undefined
        ? { birth: () => birth }
        : {
            birth({ createdMs, endsMs, freshMs }, device) {
              const now = Math.floor(held.serverNow());
              return {
                ...birth,
                device,
                keep: { createdMs, endsMs, freshMs: keeping.fresh ? now : freshMs },
              };
            },
            unlessGone: keeping.fresh ? freshenScript : checkScript,
          };
    made = await moveSession(store, from, to, move, call);
    if (made.state === 'live') held.fields.replaceStored(made.stored);
  }
  if (made.state === 'elsewhere') {
    held.arriveAt(made.place);
    held.learn(made.facts, made.nowMs);
    return { ok: true };
  }
  const outcome = held.settle(made);
  if (outcome.ok) held.moveIn(to);
  return outcome;
}

/** Why an id changes. `renewal`: it is only old, and whoever was first has renewed it for everybody. */
export interface Rotation {
  readonly fresh: boolean;
  readonly renewal: boolean;
}

/** Gives a session, saved first, a new id. */
export async function regenerateHeld<Data extends object>(
  held: HeldSession<Data>,
  { fresh, renewal }: Rotation,
  call: Budget,
): Promise<SaveOutcome> {
  const { store } = held;
  const { ring, idleMs, overlapMs, replayWatchMs } = store.options;
  held.refuseOver();
  if (held.facts === null) {
    held.moveIn(ring.mint(store.driver.random));
    return { ok: true };
  }
  const saved = await saveHeld(held, call);
  if (!saved.ok) return saved;
  // Saving can have shown that another request has renewed it.
  if (renewal && !held.renewalDue) return saved;
  const { user } = held.facts;
  // Whoever came by an id that was rotated away moves nothing: it may be a stolen one.
  if (user !== null && held.token !== null && ring.tagsOf(user)[0] !== held.place.tag) {
    // Made with an older secret: the user's slot is another one now.
    const birth = { user, device: '', maxSessions: mostSessions };
    return (await moveHeld(held, birth, call, { fresh })) as SaveOutcome;
  }
  const start = publicIdOf(held.place);
  // Whoever came by an id that another request has already rotated away gets no token: it may be a stolen one.
  const rotates = (at: Place): boolean => held.token !== null && publicIdOf(at) === start;
  // Longer than it may be asked again, which the old id answers.
  const rememberedMs = Math.max(replayWatchMs, repeatMs(store.driver, call));
  const next = ring.mint(store.driver.random, held.place.tag);
  if (held.token !== null) await store.announce(next, call, held.facts.endsMs - held.serverNow());
  const failed = await held.act((at, generation) => {
    if (!rotates(at)) return store.on(fresh ? freshenScript : checkScript, at, [idleMs]);
    const keys = [store.sessionKey(at), store.sessionKey(next), store.userKey(at.tag)];
    const to = publicIdOf(next);
    const freshly = fresh ? 1 : 0;
    return rotateScript(keys, [
      at.entry,
      next.entry,
      idleMs,
      generation,
      to,
      overlapMs,
      rememberedMs,
      freshly,
    ]);
  }, call);
  if (failed !== null) return held.end(failed.state);
  if (rotates(held.place)) held.moveIn(next);
  return { ok: true };
}
