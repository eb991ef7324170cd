import { jsonCodec, type RandomSource } from '@penknife/core';
import type { KeyRing } from '../key-ring.js';

/** A field's value as the server keeps it: JSON or sealed JSON, and until when it holds. */
export interface FieldText {
  readonly body: string;
  /** Null: as long as the session. */
  readonly untilMs: number | null;
}

const datedForm = /^@(\d{1,15}):/;

/** Takes a stored text apart: `@<ms>:<body>` or a body alone, which never starts with an `@`. */
export function readFieldText(text: string): FieldText {
  const found = text.startsWith('@') ? datedForm.exec(text) : null;
  if (found === null) return { body: text, untilMs: null };
  return { body: text.slice(found[0].length), untilMs: Number(found[1]) };
}

/** The stored text of a body that holds until then. */
export function datedText(body: string, untilMs: number | null): string {
  return untilMs === null ? body : `@${untilMs}:${body}`;
}

/** Between values and bodies: JSON, of chosen fields sealed. */
export interface FieldCodec {
  /** Throws `CodecError` for what has no JSON form. */
  encode(field: string, value: unknown): string;
  /** The JSON of a body. Null when it cannot be read; undefined when a field that is sealed stands there in plain text. */
  open(field: string, body: string): string | null | undefined;
}

/** Makes the codec of a ring. A sealed field in plain text was not written by this program: it counts as absent. */
export function createFieldCodec(
  ring: Pick<KeyRing, 'seal' | 'unseal'>,
  sealed: ReadonlySet<string>,
  random: RandomSource,
): FieldCodec {
  return {
    encode(field, value) {
      const json = jsonCodec.encode(value) as string;
      return sealed.has(field) ? ring.seal(field, json, random) : json;
    },
    open(field, body) {
      if (body.startsWith('$')) return ring.unseal(field, body);
      return sealed.has(field) ? undefined : body;
    },
  };
}
