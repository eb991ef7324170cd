import { fieldOf } from './raw-entry.js';

/** What a dead letter holds beside its own id. */
export interface LetterFields {
  readonly originId: string;
  readonly reason: string;
  readonly error: { readonly name: string; readonly message: string } | null;
  readonly deliveries: number;
  readonly failures: number;
  readonly firstFailedAtMs: number;
  readonly diedAtMs: number;
  /** The fields of the entry, as they stood in the log. */
  readonly entryFields: readonly Uint8Array[];
}

const entryMark = '='.charCodeAt(0);

/** Reads what the script `bury` wrote; undefined for an entry that it did not. */
export function readLetter(fields: readonly Uint8Array[]): LetterFields | undefined {
  const text = (name: string): string | undefined => {
    const value = fieldOf(fields, name);
    return value === undefined ? undefined : Buffer.from(value).toString('utf8');
  };
  const [originId, reason] = [text('o'), text('r')];
  if (originId === undefined || reason === undefined) return undefined;
  const name = text('c') ?? '';
  const entryFields: Uint8Array[] = [];
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [field, value] = [fields[i], fields[i + 1]];
    if (field?.[0] === entryMark && value !== undefined) entryFields.push(field.subarray(1), value);
  }
  return {
    originId,
    reason,
    error: name === '' ? null : { name, message: text('m') ?? '' },
    deliveries: Number(text('n')),
    failures: Number(text('f')),
    firstFailedAtMs: Number(text('a')),
    diedAtMs: Number(text('z')),
    entryFields,
  };
}
