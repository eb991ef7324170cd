import {
  type CallOptions,
  type Command,
  integerReply,
  pairsReply,
  refuse,
  type Sender,
  stringReply,
} from '@penknife/core';

/** An item whose count of held pieces is not what the live reservations hold together. */
export interface Drift {
  readonly item: string;
  readonly counted: number;
  readonly reserved: number;
}

/** What reconciling found: nothing wrong when `drift` is empty. */
export interface ReconcileReport {
  readonly items: number;
  readonly reservations: number;
  readonly drift: readonly Drift[];
}

/** A hold as it is stored. */
interface Hold {
  readonly items: readonly (readonly [item: string, quantity: number])[];
  readonly customer: string | undefined;
}

/** Reads a stored hold. */
export function parseHold(text: string): Hold {
  const [items, customer] = JSON.parse(text) as [[string, number][], string];
  return { items, customer: customer === '' ? undefined : customer };
}

/** Compares counts and holds, read in one transaction. */
export async function reconcile(
  sender: Pick<Sender, 'transaction'>,
  keys: readonly string[],
  call: CallOptions | undefined,
): Promise<ReconcileReport> {
  const [counts = '', holds = '', due = ''] = keys;
  const settled = await sender.transaction([allFields(counts), allFields(holds), memberCount(due)], call);
  if (settled === 'aborted') return refuse('EXEC', 'replies', settled);
  const [countFields, holdFields, dueCount] = settled;
  if (!countFields.ok) throw countFields.error;
  if (!holdFields.ok) throw holdFields.error;
  if (!dueCount.ok) throw dueCount.error;

  const reserved = new Map<string, number>();
  for (const [, text] of holdFields.value)
    for (const [item, quantity] of parseHold(text).items)
      reserved.set(item, (reserved.get(item) ?? 0) + quantity);
  const counted = new Map<string, number>();
  for (const [field, count] of countFields.value)
    if (field.startsWith('h')) counted.set(field.slice(1), Number(count));

  const drift: Drift[] = [];
  for (const item of new Set([...counted.keys(), ...reserved.keys()])) {
    const found = { item, counted: counted.get(item) ?? 0, reserved: reserved.get(item) ?? 0 };
    if (found.counted !== found.reserved) drift.push(found);
  }
  return { items: counted.size, reservations: dueCount.value, drift };
}

function allFields(key: string): Command<[string, string][]> {
  return {
    args: ['HGETALL', key],
    key,
    repeatable: true,
    read: pairsReply('HGETALL', stringReply('HGETALL')),
  };
}

function memberCount(key: string): Command<number> {
  return { args: ['ZCARD', key], key, repeatable: true, read: integerReply('ZCARD') };
}
