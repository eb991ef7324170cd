import { InvalidArgumentError } from '@penknife/core';
import { checkFieldName } from '../data/session-fields.js';
import type { HeldSession } from './held-session.js';

/** After the kind: time, count and chance. */
const tailLength = 9 + 2 + 8;
const longestKind = 40;

/** Leaves a message under a name that no other request uses and that sorts by time. */
export function leaveFlash<Data extends object>(
  held: HeldSession<Data>,
  kind: string,
  message: unknown,
): void {
  const { clock, random } = held.store.driver;
  const count = flashFields(held, kind).length.toString(36).padStart(2, '0');
  const at = Math.floor(clock.now()).toString(36).padStart(9, '0');
  const chance = Buffer.from(random.bytes(4)).toString('hex');
  held.fields.set(`!${kind}.${at}${count}${chance}`, message);
}

/** The messages of a kind, in order; they are taken away by the next save. */
export function takeFlash<Data extends object>(held: HeldSession<Data>, kind: string): readonly unknown[] {
  return flashFields(held, kind).map((field) => {
    const message = held.fields.get(field);
    if (held.over === null) held.fields.delete(field);
    return message;
  });
}

function flashFields<Data extends object>({ fields }: HeldSession<Data>, kind: string): readonly string[] {
  checkFieldName(kind, 'kind');
  if (kind.length > longestKind) {
    throw new InvalidArgumentError('kind', `must be at most ${longestKind} characters`, kind.length);
  }
  const start = `!${kind}.`;
  return fields.startingWith(start).filter((field) => field.length === start.length + tailLength);
}
