import { type Command, type Reply, refuse } from '@penknife/core';

/** What an entry of the audit does to on hand, held and sold, for each piece; as stock.lua says. */
const effects: Readonly<Record<string, readonly (readonly [field: 'o' | 'h' | 's', by: number])[]>> = {
  adjusted: [['o', 1]],
  reserved: [['h', 1]],
  confirmed: [
    ['o', -1],
    ['h', -1],
    ['s', 1],
  ],
  released: [['h', -1]],
  expired: [['h', -1]],
};

/** An entry of the audit. */
export interface AuditEntry {
  readonly act: string;
  readonly items: readonly (readonly [item: string, quantity: number])[];
}

/** All entries of an audit, the oldest first. */
export function auditEntries(key: string): Command<readonly AuditEntry[]> {
  return {
    args: ['XRANGE', key, '-', '+'],
    key,
    repeatable: true,
    read: (reply) => listOf(reply).map(entryOf),
  };
}

/** Adds what an entry did to the fields of the counts. */
export function applyEntry({ act, items }: AuditEntry, add: (field: string, count: number) => void): void {
  for (const [field, by] of effects[act] ?? [])
    for (const [item, quantity] of items) add(`${field}${item}`, by * quantity);
}

function entryOf(reply: Reply): AuditEntry {
  const [, fields] = listOf(reply);
  const [, act, , , , items] = listOf(fields ?? null);
  if (typeof act !== 'string' || typeof items !== 'string')
    return refuse('XRANGE', 'entries of an audit', reply);
  return { act, items: JSON.parse(items) as [string, number][] };
}

function listOf(reply: Reply): readonly Reply[] {
  return Array.isArray(reply) ? reply : refuse('XRANGE', 'a list', reply);
}
