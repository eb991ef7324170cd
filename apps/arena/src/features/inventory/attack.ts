import { createHash } from 'node:crypto';
import { perCustomer } from './edition.js';

/** How an edition is attacked. */
export interface AttackOptions {
  /** Addresses of instances; the presses go to them in turn. */
  readonly addresses: readonly string[];
  /** Who comes, each as a visitor of its own. */
  readonly visitors: number;
  /** Makes the keys of the presses: another word, other presses. */
  readonly seed: string;
}

/** What the attack came to. */
export interface AttackReport {
  /** Reservations that were granted, each counted once. */
  readonly reserved: number;
  readonly paid: number;
  /** Reservations of one visitor beyond what one may have. */
  readonly beyondLimit: number;
  /** Looks at the level in which free, reserved and sold were not the edition, or one of them was below zero. */
  readonly wrongLooks: readonly string[];
  readonly sold: number;
}

interface Level {
  readonly free: number;
  readonly held: number;
  readonly sold: number;
  readonly size: number;
}

/** One more than a visitor may have. */
const tries = perCustomer + 1;

/**
 * A crowd that wants more than there is: every visitor presses `Reserve` four times, every press is sent to two instances at once as a
 * nervous proxy would, pays what was granted, twice as well, and cancels it after that; looks at the level in between.
 */
export async function attackEdition({ addresses, visitors, seed }: AttackOptions): Promise<AttackReport> {
  const wrongLooks: string[] = [];
  const reserved = new Set<string>();
  let [paid, beyondLimit, sold] = [0, 0, 0];

  const keyOf = (...parts: readonly (string | number)[]): string =>
    createHash('sha256')
      .update([seed, ...parts].join(' '))
      .digest('hex')
      .slice(0, 32);
  const at = (turn: number): string => addresses[turn % addresses.length] as string;

  async function press(
    address: string,
    act: string,
    key: string,
    visitor: number,
    id?: string,
  ): Promise<boolean> {
    const response = await fetch(`${address}/api/inventory/${act}`, {
      method: 'POST',
      headers: {
        'idempotency-key': key,
        cookie: `arena_visitor=${keyOf('visitor', visitor).slice(0, 22)}`,
        ...(id !== undefined && { 'content-type': 'application/json' }),
      },
      ...(id !== undefined && { body: JSON.stringify({ id }) }),
    });
    const { ok } = (await response.json()) as { ok?: boolean };
    return response.ok && ok === true;
  }

  async function look(): Promise<void> {
    const response = await fetch(`${at(0)}/api/inventory`);
    const level = (await response.json()) as Level;
    sold = level.sold;
    if (level.free < 0 || level.held < 0 || level.free + level.held + level.sold !== level.size)
      wrongLooks.push(JSON.stringify(level));
  }

  async function visit(visitor: number): Promise<void> {
    const mine = new Set<string>();
    for (let turn = 0; turn < tries; turn++) {
      const id = keyOf('reserve', visitor, turn);
      const both = await Promise.all([0, 1].map((i) => press(at(visitor + i), 'reserve', id, visitor)));
      if (both.includes(true)) mine.add(id);
      await look();
    }
    beyondLimit += Math.max(0, mine.size - perCustomer);
    for (const id of mine) {
      reserved.add(id);
      const both = await Promise.all(
        [0, 1].map((i) => press(at(visitor + i), 'pay', keyOf('pay', id), visitor, id)),
      );
      if (both.includes(true)) paid++;
      if (await press(at(visitor), 'cancel', keyOf('cancel', id), visitor, id))
        wrongLooks.push('cancelled what was paid');
    }
  }

  await Promise.all(Array.from({ length: visitors }, (_, visitor) => visit(visitor)));
  await look();
  return { reserved: reserved.size, paid, beyondLimit, wrongLooks, sold };
}
