/** How a reservation that is over ended. */
export type ReservationEnd = 'confirmed' | 'released' | 'expired';

/**
 * What `reserve` says. `repeated`: this id already held the same, since an earlier call. A refusal changed nothing:
 * `sold-out` and `customer-limit` name the first item that binds and how many of it there would be; `over`: this id was
 * used before, and its reservation ended; `waiting`: it stands in line, with so many before it where the line is longest.
 */
export type ReserveOutcome =
  | { readonly ok: true; readonly holdMs: number; readonly repeated: boolean }
  | { readonly ok: false; readonly reason: 'sold-out'; readonly item: string; readonly free: number }
  | { readonly ok: false; readonly reason: 'waiting'; readonly ahead: number }
  | { readonly ok: false; readonly reason: 'customer-limit'; readonly item: string; readonly left: number }
  | { readonly ok: false; readonly reason: 'over'; readonly end: ReservationEnd };

/**
 * What `confirm` and `release` say. `repeated`: it had ended this way before. `over`: it had ended another way. `unknown`:
 * there never was such a reservation, or it is over for longer than `remember`. `waiting`: it is not held yet; releasing it
 * leaves the line.
 */
export type SettleOutcome =
  | { readonly ok: true; readonly repeated: boolean }
  | { readonly ok: false; readonly reason: 'over'; readonly end: ReservationEnd }
  | { readonly ok: false; readonly reason: 'waiting' | 'unknown' };

/** What `extend` says; `holdMs` is what is left now. */
export type ExtendOutcome =
  | { readonly ok: true; readonly holdMs: number }
  | Exclude<SettleOutcome, { readonly ok: true }>;

/**
 * What `setStock` and `adjust` say. `held`: less than what is reserved now would be left. `full`: more than an item can
 * have. Refusals changed nothing. `repeated`: a change of this id was made before; the level is today's.
 */
export type AdjustOutcome =
  | { readonly ok: true; readonly onHand: number; readonly held: number; readonly repeated: boolean }
  | { readonly ok: false; readonly reason: 'held' | 'full'; readonly onHand: number; readonly held: number };

/** What `forgetCustomers` says. `held`: so many are still reserved, and from then on nothing was forgotten. */
export type ForgetOutcome =
  | { readonly ok: true; readonly forgotten: number }
  | { readonly ok: false; readonly reason: 'held'; readonly held: number };

/** A reservation as it stands. */
export type ReservationState =
  | {
      readonly state: 'held';
      readonly holdMs: number;
      readonly items: ReadonlyMap<string, number>;
      readonly customer: string | undefined;
    }
  | {
      readonly state: 'waiting';
      /** How many stand before it, at the item where the line is longest. */
      readonly ahead: number;
      /** How long it waits on. */
      readonly waitMs: number;
      readonly items: ReadonlyMap<string, number>;
      readonly customer: string | undefined;
    }
  | { readonly state: ReservationEnd | 'unknown' };
