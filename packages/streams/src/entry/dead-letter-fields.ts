import { fieldOf } from './raw-entry.js';

/** The last error a message died of: its class, its message, and those of its causes, the nearest first (at most four). */
export interface LetterError {
  readonly name: string;
  readonly message: string;
  readonly causes: readonly { readonly name: string; readonly message: string }[];
}

/** What a dead letter holds beside its own id. */
export interface LetterFields {
  readonly originId: string;
  readonly reason: string;
  readonly error: LetterError | null;
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
    error: name === '' ? null : { name, message: text('m') ?? '', causes: readCauses(text('q')) },
    deliveries: Number(text('n')),
    failures: Number(text('f')),
    firstFailedAtMs: Number(text('a')),
    diedAtMs: Number(text('z')),
    entryFields,
  };
}

/** Causes are an extra: what is broken in them must not hide the letter. */
function readCauses(json: string | undefined): LetterError['causes'] {
  if (json === undefined) return [];
  try {
    const parsed: unknown = JSON.parse(json);
    return Array.isArray(parsed)
      ? parsed.map((one) => ({ name: String(one?.name), message: String(one?.message) }))
      : [];
  } catch {
    return [];
  }
}
