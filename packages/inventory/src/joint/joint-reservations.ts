import type { CallOptions, Duration } from '@penknife/core';
import type { Quantities } from '../items.js';
import type { ReservationEnd, ReserveOutcome } from '../outcome.js';

/** What is wanted of which inventory, by its name: `{ tees: { 'black-m': 1 }, posters: { signed: 1 } }`. */
export type Parts = Readonly<Record<string, Quantities>>;

/** How joint reservations are made. */
export interface JointOptions {
  /** For how long the other parts are still held once the first is sold, should the process die in between. Default `'1h'`. */
  readonly settle?: Duration;
}

/** What a joint reservation may say. */
export interface JointReserveOptions extends CallOptions {
  /** The caller's own id for it; the reservation of each part has it. */
  readonly id: string;
  /** How long all of it is held. Default: what each inventory says. */
  readonly hold?: Duration;
  readonly customer?: string;
}

/**
 * A part that was refused, and why; nothing of the others is held any more, and the id is over. Only when it is `over` since it is
 * being sold, the others are left as they are.
 */
export type JointRefusal = Exclude<ReserveOutcome, { readonly ok: true }> & { readonly inventory: string };

/** What `reserve` says; `holdMs` is how long all of it is held from now on. */
export type JointReserveOutcome =
  | { readonly ok: true; readonly holdMs: number; readonly repeated: boolean }
  | JointRefusal;

/**
 * What `confirm` says. `over`, `unknown`, `waiting`: this part is not held any more; nothing is sold, and nothing is held.
 * `partial`: some parts are sold and others are not held any more, since nobody repeated the call within `settle`, or the
 * reservation was released meanwhile; the parts that are `held` are left as they are.
 */
export type JointConfirmOutcome =
  | { readonly ok: true; readonly repeated: boolean }
  | { readonly ok: false; readonly reason: 'over'; readonly end: ReservationEnd; readonly inventory: string }
  | { readonly ok: false; readonly reason: 'unknown' | 'waiting'; readonly inventory: string }
  | {
      readonly ok: false;
      readonly reason: 'partial';
      readonly sold: readonly string[];
      readonly held: readonly string[];
      readonly lost: readonly string[];
    };

/** What `release` says. `sold`: these parts were confirmed before, and stay so. */
export type JointReleaseOutcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: 'sold'; readonly sold: readonly string[] };

/**
 * Reservations over inventories that live in different slots, hence on different servers. Each part is guarded by its own
 * inventory, so nothing is ever oversold; all or nothing is kept by giving back what was held (compensation), and by the end of
 * the holds should the process die before that. For a moment others may see a part held that is given back again.
 *
 * `confirm` first prolongs every hold by `settle`, which is the last moment at which it can be refused, and then sells. One that
 * rejects, or whose process died, may have sold some of the parts: repeat it, with the same id, until it answers. Within
 * `settle` it then sells the rest.
 */
export interface JointReservations {
  /**
   * Holds all parts, or none: one after the other, in the order of their names, so of two that want the same one gets it. Rejects
   * as `Inventory.reserve` does; one that ended with `sent: 'maybe'` is to be repeated under its id, or ends by itself.
   */
  reserve(parts: Parts, options: JointReserveOptions): Promise<JointReserveOutcome>;
  /** What was held is sold. `inventories` are the names of its parts. */
  confirm(id: string, inventories: readonly string[], options?: CallOptions): Promise<JointConfirmOutcome>;
  /** What was held, in whichever of the inventories, is free again. Not at the same time as `confirm`. */
  release(id: string, options?: CallOptions): Promise<JointReleaseOutcome>;
}
