import type { Answer } from '../answer.js';
import type { Budget } from '../budget.js';
import type { SessionFacts } from '../data/session-facts.js';
import { SessionFields } from '../data/session-fields.js';
import type { Snapshot } from '../data/snapshot.js';
import { SessionStateError } from '../errors.js';
import { type Minted, type Place, publicIdOf } from '../key-ring.js';
import type { Moved } from '../move.js';
import { type Gone, goneBy, type LoginOutcome } from '../outcome.js';
import type { SessionStore } from '../store.js';

/** What one request knows of its session: where it is, what it holds, whether it is over. The acts on it change it. */
export class HeldSession<Data extends object> {
  readonly store: SessionStore<Data>;
  readonly fields: SessionFields;
  place: Place;
  /** Null when the session was reached by an id from before a rotation. */
  token: string | null;
  /** Null while it is not stored. */
  facts: SessionFacts | null = null;
  over: Gone | null = null;
  /** True for a new session that has to be stored though it holds nothing. */
  wanted = false;
  /** True while data of an older version is stored. */
  migrated = false;
  #current: boolean;
  #nowMs = 0;
  #learntAt = 0;

  constructor(store: SessionStore<Data>, place: Place & Partial<Minted>, found?: Snapshot) {
    this.store = store;
    this.place = { tag: place.tag, entry: place.entry };
    this.token = place.token ?? null;
    this.#current = place.current ?? true;
    this.fields = new SessionFields(found?.stored ?? new Map(), store.codec, () => this.serverNow());
    if (found === undefined) return;
    this.learn(found.facts, found.nowMs);
    this.adopt(found.migrated);
  }

  get state(): 'new' | 'live' | 'over' {
    return this.over !== null ? 'over' : this.facts === null ? 'new' : 'live';
  }

  get renewalDue(): boolean {
    if (this.over !== null || this.token === null || this.facts === null) return false;
    const { renewalMs } = this.store.options;
    return !this.#current || (renewalMs !== null && this.serverNow() - this.facts.rotatedMs >= renewalMs);
  }

  /** The server's time when it last answered. */
  get answeredMs(): number {
    return this.#nowMs;
  }

  /** The server's time, as far as it is known without asking. */
  serverNow(): number {
    return this.#nowMs + (this.store.driver.clock.monotonic() - this.#learntAt);
  }

  /** Runs a script where the session is now. Null when it is live, and what the answer told is learned; else the answer. */
  async act(
    build: Parameters<SessionStore<Data>['follow']>[2],
    call: Budget,
  ): Promise<Exclude<Answer, { state: 'moved' | 'live' }> | null> {
    const { place, answer } = await this.store.follow(this.place, this.facts?.generation ?? '', build, call);
    if (answer.state !== 'live') return answer;
    this.arriveAt(place);
    this.learn(answer.facts, answer.nowMs);
    return null;
  }

  /** Takes over what a creation or a move did. */
  settle(made: Moved): LoginOutcome {
    if (made.state === 'live') {
      this.wanted = false;
      this.learn(made.facts, made.facts.seenMs);
      return { ok: true };
    }
    if (made.state === 'full') return { ok: false, reason: 'full' };
    return this.end(made.by);
  }

  moveIn(next: Minted): void {
    this.place = { tag: next.tag, entry: next.entry };
    this.token = next.token;
    this.#current = next.current;
  }

  /** A pointer led elsewhere: the token there is known to the request that rotated, and to nobody else. */
  arriveAt(place: Place): void {
    if (publicIdOf(place) === publicIdOf(this.place)) return;
    this.place = place;
    this.token = null;
  }

  learn(facts: SessionFacts, nowMs: number): void {
    this.facts = facts;
    this.#nowMs = nowMs;
    this.#learntAt = this.store.driver.clock.monotonic();
  }

  /** Takes migrated data as own changes, so that saving writes what differs. */
  adopt(data: object | undefined): void {
    if (data === undefined) return;
    this.migrated = true;
    const old = this.fields.all();
    for (const name of Object.keys(old)) if (!Object.hasOwn(data, name)) this.fields.delete(`.${name}`);
    for (const [name, value] of Object.entries(data)) {
      if (value !== undefined && JSON.stringify(value) !== JSON.stringify(old[name])) {
        this.fields.set(`.${name}`, value);
      }
    }
  }

  end(state: string): { readonly ok: false; readonly reason: Gone } {
    this.over = goneBy(state);
    return { ok: false, reason: this.over };
  }

  refuseOver(): void {
    if (this.over !== null) throw new SessionStateError('the session is over');
  }
}
