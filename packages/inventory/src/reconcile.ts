import { type CallOptions, type Command, pairsReply, refuse, type Sender, stringReply } from '@penknife/core';
import { applyEntry, auditEntries } from './audit.js';

/** What is counted of an item: what is on hand, how much of it is held, and what was sold. */
export type Count = 'onHand' | 'held' | 'sold';

/**
 * A count that is not what it ought to be. Held: what the live reservations hold together. On hand and sold: what the audit tells,
 * where it is kept.
 */
export interface Drift {
  readonly item: string;
  readonly count: Count;
  readonly counted: number;
  readonly expected: number;
}

/** What reconciling found: nothing wrong when `drift` is empty. */
export interface ReconcileReport {
  readonly items: number;
  readonly reservations: number;
  /** Whether on hand and sold were compared, too. */
  readonly audited: boolean;
  readonly drift: readonly Drift[];
}

/** A report, and how many corrections there had been at its instant. */
export interface Findings extends ReconcileReport {
  readonly corrections: string;
}

/** A hold as it is stored. */
interface Hold {
  readonly items: readonly (readonly [item: string, quantity: number])[];
  readonly customer: string | undefined;
}

/** First letters of the fields of the counts and the books, as stock.lua names them. */
export const fieldOf = { onHand: 'o', held: 'h', sold: 's' } as const;

/** Reads a stored hold. */
export function parseHold(text: string): Hold {
  const [items, customer] = JSON.parse(text) as [[string, number][], string];
  return { items, customer: customer === '' ? undefined : customer };
}

/** Compares counts with holds, and with books and audit, read in one transaction. */
export async function reconcile(
  sender: Pick<Sender, 'transaction'>,
  keys: readonly string[],
  call: CallOptions | undefined,
): Promise<Findings> {
  const [countsKey = '', holdsKey = '', , , , auditKey = '', , , booksKey = ''] = keys;
  const settled = await sender.transaction(
    [allFields(countsKey), allFields(holdsKey), allFields(booksKey), auditEntries(auditKey)],
    call,
  );
  if (settled === 'aborted') return refuse('EXEC', 'replies', settled);
  const [counts, holds, books, audit] = settled;
  if (!counts.ok) throw counts.error;
  if (!holds.ok) throw holds.error;
  if (!books.ok) throw books.error;
  if (!audit.ok) throw audit.error;

  const expected = new Map<string, number>();
  const add = (field: string, count: number): void =>
    void expected.set(field, (expected.get(field) ?? 0) + count);
  for (const [field, count] of books.value) add(field, Number(count));
  for (const entry of audit.value) applyEntry(entry, add);
  // What is held is told by whoever holds it.
  for (const field of expected.keys()) if (field.startsWith(fieldOf.held)) expected.set(field, 0);
  for (const [, text] of holds.value)
    for (const [item, quantity] of parseHold(text).items) add(`${fieldOf.held}${item}`, quantity);

  const counted = new Map(counts.value);
  const items = new Set([...counted.keys(), ...expected.keys()].map((field) => field.slice(1)));
  // The field of the corrections has no item.
  items.delete('');
  const drift: Drift[] = [];
  for (const item of items)
    for (const count of ['onHand', 'held', 'sold'] as const) {
      const field = `${fieldOf[count]}${item}`;
      const ought = count === 'held' ? (expected.get(field) ?? 0) : expected.get(field);
      const found = { item, count, counted: Number(counted.get(field) ?? 0), expected: ought ?? 0 };
      if (ought !== undefined && found.counted !== ought) drift.push(found);
    }
  return {
    items: items.size,
    reservations: holds.value.length,
    audited: books.value.length > 0,
    drift,
    corrections: counted.get('n') ?? '0',
  };
}

function allFields(key: string): Command<[string, string][]> {
  return {
    args: ['HGETALL', key],
    key,
    repeatable: true,
    read: pairsReply('HGETALL', stringReply('HGETALL')),
  };
}
