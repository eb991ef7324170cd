import {
  type Arg,
  type CallOptions,
  type Command,
  callWithin,
  checkCall,
  checkDriver,
  checkObject,
  checkText,
  InvalidArgumentError,
  oneDeadline,
  refuse,
} from '@penknife/core';
import {
  adjustOnceScript,
  adjustScript,
  countOf,
  extendScript,
  forgetScript,
  levelsScript,
  lookScript,
  mendScript,
  reserveScript,
  type StockAnswer,
  settleScript,
  sweepScript,
  textsOf,
} from './commands.js';
import { inventoryErrorOr, ReservationConflictError, UnknownItemError } from './errors.js';
import { emitEvents, eventsOf, grantsOf } from './events.js';
import type { AdjustOptions, Inventory, InventoryDriver } from './inventory.js';
import { checkCount, checkQuantities, mostOnHand } from './items.js';
import { stockKeys } from './keys.js';
import { levelOf, type StockLevel } from './level.js';
import { holdMsOf, type InventoryOptions, resolveOptions } from './options.js';
import type { AdjustOutcome, ReservationEnd, ReservationState, SettleOutcome } from './outcome.js';
import { fieldOf, parseHold, type ReconcileReport, reconcile } from './reconcile.js';
import { type NextSweep, startSweeping } from './sweeping.js';

/** Holds that are over and taken back on the way of another call, and by a sweep. */
const onTheWay = 16;
const bySweep = 100;
const mostLevels = 500;
/** A script of the inventory, or one with a key of its own behind the others. */
type AskedScript = (keys: readonly string[], args: readonly Arg[]) => Command<StockAnswer>;
/** Differences that one script corrects. */
const mostMended = 500;

/**
 * Makes an inventory: guarded counters with holds. It opens nothing and starts nothing; only `startSweeping` has an end.
 *
 * ```ts
 * const shop = createInventory(driver, { name: 'shop', hold: '10m', perCustomer: 2 });
 * await shop.setStock('tee-black-m', 100);
 * const held = await shop.reserve({ 'tee-black-m': 1 }, { id: cart.id, customer: user.id });
 * if (held.ok) await shop.confirm(cart.id);
 * ```
 */
export function createInventory(driver: InventoryDriver, options: InventoryOptions): Inventory {
  checkDriver(driver);
  const resolved = resolveOptions(options);
  const { name, rememberMs, audit, deadlineMs } = resolved;
  const keys = stockKeys(resolved.keys, name);
  const sweepAlone: AskedScript = (own, args) => sweepScript([...own, resolved.keys.sweeper(name)], args);

  async function ask(
    script: AskedScript,
    args: readonly Arg[],
    call: CallOptions | undefined,
    takeBack = onTheWay,
  ): Promise<StockAnswer> {
    try {
      const answer = await driver.send(
        script(keys, [rememberMs, audit, takeBack, ...args]),
        callWithin(call, deadlineMs),
      );
      emitEvents(resolved.events, [
        ...eventsOf(name, resolved.lowAt, answer.changes),
        ...grantsOf(name, answer.granted),
      ]);
      return answer;
    } catch (error) {
      throw inventoryErrorOr(error);
    }
  }

  async function settle(id: string, how: 'c' | 'r', call?: CallOptions): Promise<SettleOutcome> {
    const { outcome, first } = await ask(settleScript, [checkText('id', id), how], call);
    if (outcome === 'done') return { ok: true, repeated: false };
    if (outcome !== 'over') return { ok: false, reason: outcome === 'waiting' ? 'waiting' : 'unknown' };
    const end = endOf(first);
    if (end === (how === 'c' ? 'confirmed' : 'released')) return { ok: true, repeated: true };
    return { ok: false, reason: 'over', end };
  }

  async function change(
    how: 'set' | 'add',
    item: string,
    count: number,
    options: AdjustOptions = {},
  ): Promise<AdjustOutcome> {
    checkCall(options);
    const { id, ...call } = options;
    const args = [
      id === undefined ? '' : checkText('id', id),
      how,
      checkText('item', item),
      count,
      mostOnHand,
    ];
    const { outcome, first, second } = await ask(
      id === undefined ? adjustScript : adjustOnceScript,
      args,
      call,
    );
    if (outcome === 'unknown') throw new UnknownItemError(item);
    const [onHand, held] = [countOf('inventory/adjust', first), countOf('inventory/adjust', second)];
    if (outcome === 'short' || outcome === 'full')
      return { ok: false, reason: outcome === 'short' ? 'held' : 'full', onHand, held };
    return { ok: true, onHand, held, repeated: outcome === 'again' };
  }

  async function findDrift(call: CallOptions | undefined): ReturnType<typeof reconcile> {
    try {
      return await reconcile(driver, keys, callWithin(call, deadlineMs));
    } catch (error) {
      throw inventoryErrorOr(error);
    }
  }

  async function sweep(call?: CallOptions): Promise<number> {
    return countOf('inventory/levels', (await ask(levelsScript, [], call, bySweep)).second);
  }

  async function sweepByLease(token: string, leaseMs: number, call: CallOptions): Promise<NextSweep> {
    const { outcome, first } = await ask(sweepAlone, [token, leaseMs], call, bySweep);
    if (outcome === 'other') return Math.max(1, countOf('inventory/sweep', first));
    return first === '1' ? 0 : undefined;
  }

  return {
    name,
    setStock: async (item, onHand, call) => change('set', item, checkCount('onHand', onHand, 0), call),
    adjust: async (item, by, call) => {
      if (!Number.isSafeInteger(by) || by === 0 || Math.abs(by) > mostOnHand)
        throw new InvalidArgumentError('by', `must be a whole number up to ${mostOnHand}, not 0`, by);
      return change('add', item, by, call);
    },
    async reserve(items, options) {
      checkObject('options', options);
      const { id, hold, wait, customer, ...call } = options;
      const holdMs = hold === undefined ? resolved.holdMs : holdMsOf(hold, 'hold');
      const waitMs = wait === undefined ? 0 : holdMsOf(wait, 'wait');
      const who = customer === undefined ? '' : checkText('customer', customer);
      const { perCustomer, mostWaiting } = resolved;
      const args = [
        checkText('id', id),
        holdMs,
        who,
        perCustomer,
        waitMs,
        mostWaiting,
        ...checkQuantities(items),
      ];
      const { outcome, first, second } = await ask(reserveScript, args, call);
      if (outcome === 'held' || outcome === 'again')
        return { ok: true, holdMs: countOf('inventory/reserve', first), repeated: outcome === 'again' };
      if (outcome === 'over') return { ok: false, reason: 'over', end: endOf(first) };
      if (outcome === 'waiting')
        return { ok: false, reason: 'waiting', ahead: countOf('inventory/reserve', first) };
      if (outcome === 'conflict') throw new ReservationConflictError();
      const item = String(first);
      if (outcome === 'unknown') throw new UnknownItemError(item);
      const left = countOf('inventory/reserve', second);
      return outcome === 'limit'
        ? { ok: false, reason: 'customer-limit', item, left: Math.max(0, left) }
        : { ok: false, reason: 'sold-out', item, free: left };
    },
    confirm: (id, call) => settle(id, 'c', call),
    release: (id, call) => settle(id, 'r', call),
    async extend(id, hold, call) {
      const args = [checkText('id', id), holdMsOf(hold, 'hold')];
      const { outcome, first } = await ask(extendScript, args, call);
      if (outcome === 'held') return { ok: true, holdMs: countOf('inventory/extend', first) };
      if (outcome === 'over') return { ok: false, reason: 'over', end: endOf(first) };
      return { ok: false, reason: outcome === 'waiting' ? 'waiting' : 'unknown' };
    },
    async reservation(id, call) {
      const { outcome, first, second } = await ask(lookScript, [checkText('id', id)], call);
      if (outcome === 'over') return { state: endOf(first) };
      if (outcome === 'waiting') return waitingState(countOf('inventory/look', first), String(second));
      if (outcome !== 'held') return { state: 'unknown' };
      const { items, customer } = parseHold(String(second));
      return { state: 'held', holdMs: countOf('inventory/look', first), items: new Map(items), customer };
    },
    async availability(items, call) {
      if (!Array.isArray(items) || items.length === 0 || items.length > mostLevels)
        throw new InvalidArgumentError('items', `must be 1 to ${mostLevels} items`, items);
      const names = items.map((item: string) => checkText('item', item));
      const parts = textsOf('inventory/levels', (await ask(levelsScript, names, call)).first);
      const levels = new Map<string, StockLevel>();
      names.forEach((item, i) => {
        const [known, onHand = '', held = '', sold = ''] = parts.slice(i * 4, i * 4 + 4);
        if (known === '1') levels.set(item, levelOf(onHand, held, sold));
      });
      return levels;
    },
    sweep,
    startSweeping: (sweeping) => startSweeping(driver, sweepByLease, sweeping),
    async forgetCustomers(item, call) {
      checkText('item', item);
      const next = oneDeadline(driver.clock, call);
      let forgotten = 0;
      for (let from = '0'; ; ) {
        const { outcome, first, second } = await ask(forgetScript, [item, from], next(), bySweep);
        if (outcome === 'short')
          return { ok: false, reason: 'held', held: countOf('inventory/forget', first) };
        forgotten += countOf('inventory/forget', second);
        from = String(first);
        if (from === '0') return { ok: true, forgotten };
      }
    },
    reconcile: async (call) => reportOf(await findDrift(call)),
    async rebuild(call) {
      if (audit === 0)
        throw new InvalidArgumentError('audit', 'must be kept by an inventory that is rebuilt', undefined);
      let first: ReconcileReport | undefined;
      for (;;) {
        const { corrections, ...report } = await findDrift(call);
        first ??= report;
        if (report.drift.length === 0) return first;
        const differences = report.drift
          .slice(0, mostMended)
          .flatMap(({ item, count, counted, expected }) => [`${fieldOf[count]}${item}`, expected - counted]);
        // Whoever corrects at the same time corrects the same.
        await ask(mendScript, [corrections, ...differences], call);
      }
    },
  };
}

function reportOf({ items, reservations, audited, drift }: ReconcileReport): ReconcileReport {
  return { items, reservations, audited, drift };
}

/** `<ms left>:<the hold>`, as look.lua tells it. */
function waitingState(ahead: number, text: string): ReservationState {
  const colon = text.indexOf(':');
  const { items, customer } = parseHold(text.slice(colon + 1));
  const waitMs = countOf('inventory/look', text.slice(0, colon));
  return { state: 'waiting', ahead, waitMs, items: new Map(items), customer };
}

function endOf(reply: unknown): ReservationEnd {
  if (reply === 'confirmed' || reply === 'released' || reply === 'expired') return reply;
  return refuse('inventory', 'how a reservation ended', reply);
}
