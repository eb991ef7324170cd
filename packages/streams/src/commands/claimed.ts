import { type Reply, refuse } from '@penknife/core';
import { type DeliveredEntry, readFields, textOf } from '../entry/raw-entry.js';

/** What was taken over: entries to work on, and ids whose payload was trimmed while they were pending. */
export interface Claimed {
  readonly entries: readonly DeliveredEntry[];
  readonly lost: readonly string[];
}

/** Reads what every script that takes entries over begins its reply with. */
export function readClaimed(reply: Reply, command: string): Claimed {
  const [entries, lost] = Array.isArray(reply) ? reply : [];
  if (!Array.isArray(entries) || !Array.isArray(lost)) return refuse(command, 'entries and lost ids', reply);
  return {
    entries: entries.map((entry: Reply) => readDelivered(entry, command)),
    lost: lost.map((id: Reply) => textOf(id, command)),
  };
}

function readDelivered(reply: Reply, command: string): DeliveredEntry {
  const [id, fields, deliveries, failures] = Array.isArray(reply) ? reply : [];
  if (typeof deliveries !== 'number' || typeof failures !== 'number')
    return refuse(command, 'an entry', reply);
  return { id: textOf(id, command), fields: readFields(fields ?? null, command), deliveries, failures };
}
