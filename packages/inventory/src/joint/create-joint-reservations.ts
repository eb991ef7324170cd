import { type CallOptions, checkObject, checkText, type Driver, InvalidArgumentError } from '@penknife/core';
import { InventoryKeyError, ReservationConflictError, UnknownItemError } from '../errors.js';
import type { Inventory } from '../inventory.js';
import { checkQuantities } from '../items.js';
import { holdMsOf } from '../options.js';
import type { ExtendOutcome, SettleOutcome } from '../outcome.js';
import type {
  JointConfirmOutcome,
  JointOptions,
  JointReservations,
  JointReserveOptions,
  JointReserveOutcome,
  Parts,
} from './joint-reservations.js';

const mostParts = 16;

/**
 * Makes reservations over several inventories of different names. It opens nothing and starts nothing.
 *
 * ```ts
 * const carts = createJointReservations(driver, [tees, posters]);
 * const held = await carts.reserve({ tees: { 'black-m': 1 }, posters: { signed: 1 } }, { id: cart.id });
 * if (held.ok) await carts.confirm(cart.id, ['tees', 'posters']); // until it answers: from a job that is retried
 * ```
 */
export function createJointReservations(
  driver: Pick<Driver, 'clock'>,
  inventories: readonly Inventory[],
  options: JointOptions = {},
): JointReservations {
  if (typeof driver?.clock?.monotonic !== 'function')
    throw new InvalidArgumentError('driver', 'must be a driver, or have its clock', driver);
  if (!Array.isArray(inventories) || !inventories.every((one) => typeof one?.reserve === 'function'))
    throw new InvalidArgumentError('inventories', 'must be a list of inventories', inventories);
  checkObject('options', options);
  const { clock } = driver;
  const { settle = '1h' } = options;
  const byName = new Map(inventories.map((inventory) => [inventory.name, inventory]));
  if (byName.size !== inventories.length || byName.size === 0 || byName.size > mostParts)
    throw new InvalidArgumentError(
      'inventories',
      `must be 1 to ${mostParts} of different names`,
      inventories,
    );
  const settleMs = holdMsOf(settle, 'settle');

  /** Names of parts, checked and in order. */
  function partsOf(argument: string, names: readonly string[]): readonly Inventory[] {
    if (!Array.isArray(names) || names.length === 0 || new Set(names).size !== names.length)
      throw new InvalidArgumentError(argument, 'must name inventories, each once', names);
    return [...names].sort().map((name) => {
      const found = byName.get(name);
      if (found === undefined) throw new InvalidArgumentError(argument, 'must be of the inventories', name);
      return found;
    });
  }

  /** Gives holds back. What cannot be given back now comes back at the end of its hold. */
  async function giveBack(id: string, some: readonly Inventory[]): Promise<void> {
    await Promise.allSettled(some.map((inventory) => inventory.release(id)));
  }

  async function reserve(parts: Parts, options: JointReserveOptions): Promise<JointReserveOutcome> {
    checkObject('options', options);
    const { id, hold, customer, ...call } = options;
    if (typeof parts !== 'object' || parts === null)
      throw new InvalidArgumentError('parts', 'must be an object of inventories and what is wanted', parts);
    const wanted = partsOf('parts', Object.keys(parts)).map((inventory) => ({
      inventory,
      items: parts[inventory.name] ?? {},
    }));
    // All is checked before anything is sent: a part that breaks a rule must not be found behind one that is held.
    for (const { items } of wanted) checkQuantities(items);
    checkText('id', id);
    if (hold !== undefined) holdMsOf(hold, 'hold');
    if (customer !== undefined) checkText('customer', customer);
    const each = {
      id,
      ...(hold !== undefined && { hold }),
      ...(customer !== undefined && { customer }),
      ...call,
    };

    const held: Inventory[] = [];
    const fresh: Inventory[] = [];
    let untilMs = Number.POSITIVE_INFINITY;
    for (const { inventory, items } of wanted) {
      const startMs = clock.monotonic();
      try {
        const outcome = await inventory.reserve(items, each);
        if (!outcome.ok) {
          // It is being sold: this is no time to give the other parts back.
          if (!(outcome.reason === 'over' && outcome.end === 'confirmed')) await giveBack(id, held);
          return { ...outcome, inventory: inventory.name };
        }
        held.push(inventory);
        if (!outcome.repeated) fresh.push(inventory);
        untilMs = Math.min(untilMs, startMs + outcome.holdMs);
      } catch (error) {
        // Whoever was not answered may repeat the call, which goes on with what is held; a mistake is not repeated. What was held
        // before this call belongs to another reservation of this id.
        if (isMistake(error)) await giveBack(id, fresh);
        throw error;
      }
    }
    const holdMs = Math.floor(untilMs - clock.monotonic());
    if (holdMs > 0) return { ok: true, holdMs, repeated: fresh.length === 0 };
    await giveBack(id, held);
    return { ok: false, reason: 'over', end: 'expired', inventory: held[0]?.name ?? '' };
  }

  async function confirm(
    id: string,
    names: readonly string[],
    call?: CallOptions,
  ): Promise<JointConfirmOutcome> {
    const parts = partsOf('inventories', names);
    const prolonged = await allOf(parts, (inventory) => inventory.extend(id, settleMs, call));
    const refused = parts.findIndex((_, i) => !isGood(prolonged[i]));
    if (refused >= 0) {
      const partial = partialOf(parts, prolonged);
      if (partial !== undefined) return partial;
      await giveBack(
        id,
        parts.filter((_, i) => prolonged[i]?.ok),
      );
      return refusalOf(prolonged[refused], parts[refused]?.name ?? '');
    }
    const sold = await allOf(parts, (inventory) => inventory.confirm(id, call));
    if (sold.every(isGood)) return { ok: true, repeated: sold.every((one) => one.ok && one.repeated) };
    return (
      partialOf(parts, sold) ??
      refusalOf(
        sold.find((one) => !one.ok),
        parts[0]?.name ?? '',
      )
    );
  }

  return {
    reserve,
    confirm,
    async release(id, call) {
      const all = [...byName.values()];
      const ended = await allOf(all, (inventory) => inventory.release(id, call));
      const sold = all.filter((_, i) => wasSold(ended[i])).map(({ name }) => name);
      return sold.length === 0 ? { ok: true } : { ok: false, reason: 'sold', sold };
    },
  };
}

/** Refused for what it asks, and not for the state of a connection. */
function isMistake(error: unknown): boolean {
  return (
    error instanceof UnknownItemError ||
    error instanceof ReservationConflictError ||
    error instanceof InventoryKeyError ||
    error instanceof InvalidArgumentError
  );
}

/** At all of them at once; when all have ended it rejects with the first error. */
async function allOf<V>(some: readonly Inventory[], act: (inventory: Inventory) => Promise<V>): Promise<V[]> {
  const settled = await Promise.allSettled(some.map(act));
  return settled.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
}

type Answer = ExtendOutcome | SettleOutcome;

function wasSold(answer: Answer | undefined): boolean {
  return answer?.ok === false && answer.reason === 'over' && answer.end === 'confirmed';
}

/** Held, or sold by an earlier call. */
function isGood(answer: Answer | undefined): boolean {
  return answer?.ok === true || wasSold(answer);
}

/** Undefined: nothing is sold. */
function partialOf(
  parts: readonly Inventory[],
  answers: readonly Answer[],
): Extract<JointConfirmOutcome, { readonly reason: 'partial' }> | undefined {
  const named = (which: (answer: Answer) => boolean): string[] =>
    parts.filter((_, i) => which(answers[i] as Answer)).map(({ name }) => name);
  const isSold = (answer: Answer): boolean => (answer.ok && 'repeated' in answer) || wasSold(answer);
  const sold = named(isSold);
  if (sold.length === 0) return undefined;
  const held = named((answer) => answer.ok && !isSold(answer));
  return { ok: false, reason: 'partial', sold, held, lost: named((answer) => !isGood(answer)) };
}

function refusalOf(answer: Answer | undefined, inventory: string): JointConfirmOutcome {
  if (answer === undefined || answer.ok) return { ok: false, reason: 'unknown', inventory };
  return { ...answer, inventory };
}
