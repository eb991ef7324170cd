import { type Reply, refuse } from '@penknife/core';

/** An entry as the server holds it: fields and values in turn, as bytes. Null: the payload is gone (trimmed while pending). */
export interface RawEntry {
  readonly id: string;
  readonly fields: readonly Uint8Array[] | null;
}

/** An entry that a consumer owns: what was read, and how often it was tried. */
export interface DeliveredEntry extends RawEntry {
  /** Deliveries so far, this one included. */
  readonly deliveries: number;
  /** How many of them ended in a failure of the handler. */
  readonly failures: number;
}

/** Names of the fields of an entry: short, for every entry carries them. */
export const fieldNames: {
  readonly event: 'e';
  readonly data: 'd';
  readonly headers: 'h';
  readonly messageId: 'm';
  readonly key: 'k';
  readonly trace: 't';
  readonly shape: 'u';
  readonly onlyGroup: '>';
  readonly origin: '<';
} = {
  event: 'e',
  data: 'd',
  headers: 'h',
  messageId: 'm',
  /** What its order belongs to. */
  key: 'k',
  /** Where its trace stands: `traceparent`, and after a space `tracestate`. */
  trace: 't',
  /** Which version of its event's data this is; absent: the first. */
  shape: 'u',
  /** Set on a replayed copy: only this group handles it. */
  onlyGroup: '>',
  /** Set on a replayed copy: the id of the entry it stands for. */
  origin: '<',
};

/** Text of a bulk string that was asked for as bytes. */
export function textOf(reply: Reply | undefined, command: string): string {
  if (typeof reply === 'string') return reply;
  if (reply instanceof Uint8Array) {
    const bytes = Buffer.isBuffer(reply)
      ? reply
      : Buffer.from(reply.buffer, reply.byteOffset, reply.byteLength);
    return bytes.toString('utf8');
  }
  return refuse(command, 'a string', reply);
}

/** Reads `[id, fields]`, as XRANGE, XREAD and XREADGROUP give entries with `bytes: true`. */
export function readRawEntry(reply: Reply, command: string): RawEntry {
  if (!Array.isArray(reply) || reply.length !== 2) return refuse(command, 'an entry', reply);
  return { id: textOf(reply[0], command), fields: readFields(reply[1] as Reply, command) };
}

/** Reads the fields of an entry; null and an empty list both say that the payload is gone. */
export function readFields(reply: Reply, command: string): readonly Uint8Array[] | null {
  if (reply === null) return null;
  if (!Array.isArray(reply)) return refuse(command, 'fields', reply);
  for (const field of reply) if (!(field instanceof Uint8Array)) return refuse(command, 'bytes', field);
  return reply.length === 0 ? null : (reply as readonly Uint8Array[]);
}

/** The value of a field with a name of one character. */
export function fieldOf(fields: readonly Uint8Array[], name: string): Uint8Array | undefined {
  const code = name.charCodeAt(0);
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const field = fields[i];
    if (field?.length === 1 && field[0] === code) return fields[i + 1];
  }
  return undefined;
}
