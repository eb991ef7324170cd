import { InvalidArgumentError } from '@penknife/core';
import { SessionLimitError } from '../errors.js';
import { datedText, type FieldCodec, readFieldText } from './field-text.js';

interface Change {
  /** As it will stand there, but for its time; undefined: delete. */
  readonly body: string | undefined;
  /** How long it holds from the moment it is written; null: as long as the session. */
  readonly ttlMs: number | null;
  /** What must stand there for the change to be made; undefined: anything. */
  readonly expected: { readonly text: string | undefined } | undefined;
  /** True when the condition was not met: whoever then changes the field without one means it. */
  readonly refused?: true;
}

/** Changes as they are sent, to be settled once the server answered. */
export type ChangesSent = ReadonlyMap<string, Change>;

/** How a field is changed. */
export interface ChangeHow {
  readonly onlyIfUnchanged?: boolean | undefined;
  readonly ttlMs?: number | null;
}

const fieldRule = /^[A-Za-z0-9_.-]{1,64}$/;
const refusedFields: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
/** Bytes of a time before a value. */
const dateBytes = 15;

/** True for names a field may have. Names that objects treat specially are not among them. */
export function isFieldName(name: unknown): name is string {
  return typeof name === 'string' && fieldRule.test(name) && !refusedFields.has(name);
}

/** Refuses what cannot be the name of a field. */
export function checkFieldName(name: unknown, argument = 'field'): asserts name is string {
  if (isFieldName(name)) return;
  throw new InvalidArgumentError(
    argument,
    'must be 1 to 64 letters, digits, `_`, `.` or `-`, and no name that objects treat specially',
    name,
  );
}

/**
 * What one session holds as a request sees it: what was loaded, and its own changes on top, each field by itself. Fields go
 * by their names on the server: `.name` for data, `!…` for flash messages. Values are kept as text and given out frozen, so
 * that a change in place is an error instead of a change that is never saved.
 */
export class SessionFields {
  readonly #codec: FieldCodec;
  readonly #now: () => number;
  #stored: Map<string, string>;
  readonly #changes: Map<string, Change> = new Map();
  readonly #decoded: Map<string, unknown> = new Map();

  /** Takes `stored` over. `now`: the server's time, as far as it is known. */
  constructor(stored: Map<string, string>, codec: FieldCodec, now: () => number) {
    this.#stored = stored;
    this.#codec = codec;
    this.#now = now;
  }

  get(field: string): unknown {
    const body = this.#body(field);
    if (body === undefined) return undefined;
    if (!this.#decoded.has(field)) {
      const json = this.#codec.open(field.slice(1), body);
      this.#decoded.set(field, typeof json === 'string' ? deepFreeze(JSON.parse(json)) : undefined);
    }
    return this.#decoded.get(field);
  }

  /** All data as one object of its own. */
  all(): Record<string, unknown> {
    const data: Record<string, unknown> = {};
    for (const field of this.#names()) {
      const value = field.startsWith('.') ? this.get(field) : undefined;
      if (value !== undefined) data[field.slice(1)] = value;
    }
    return data;
  }

  /** The fields with this beginning, in order. */
  startingWith(start: string): readonly string[] {
    return this.#names()
      .filter((field) => field.startsWith(start))
      .sort();
  }

  set(field: string, value: unknown, how: ChangeHow = {}): void {
    if (value === undefined) {
      throw new InvalidArgumentError('value', 'must not be undefined; use delete()', value);
    }
    this.#change(field, this.#codec.encode(field.slice(1), value), how);
  }

  delete(field: string, how: ChangeHow = {}): void {
    this.#change(field, undefined, how);
  }

  /** Forgets a change that was not saved. */
  discard(field: string): void {
    this.#changes.delete(field);
    this.#decoded.delete(field);
  }

  get changed(): boolean {
    return this.#changes.size > 0;
  }

  /** Refuses what exceeds the limits, before anything is sent. */
  checkLimits(maxFields: number, maxBytes: number): void {
    let count = 0;
    let bytes = 0;
    for (const [name, text] of this.#stored) {
      if (this.#changes.has(name) || this.#standing(name) === undefined) continue;
      count++;
      bytes += name.length - 1 + Buffer.byteLength(text);
    }
    for (const [name, { body, ttlMs }] of this.#changes) {
      if (body === undefined) continue;
      count++;
      bytes += name.length - 1 + Buffer.byteLength(body) + (ttlMs === null ? 0 : dateBytes);
    }
    if (count > maxFields) throw new SessionLimitError('fields', maxFields);
    if (bytes > maxBytes) throw new SessionLimitError('bytes', maxBytes);
  }

  changes(): ChangesSent {
    return new Map(this.#changes);
  }

  /** The server made these changes, at this time of its clock. Later ones of the same fields stay to be saved. */
  settle(sent: ChangesSent, nowMs: number): void {
    for (const [name, change] of sent) {
      const { body, ttlMs } = change;
      if (body === undefined) this.#stored.delete(name);
      else this.#stored.set(name, datedText(body, ttlMs === null ? null : nowMs + ttlMs));
      if (this.#changes.get(name) === change) this.#changes.delete(name);
    }
  }

  /** The server refused the changes of these fields. */
  refuse(names: readonly string[]): void {
    for (const name of names) {
      const change = this.#changes.get(name);
      if (change !== undefined) this.#changes.set(name, { ...change, refused: true });
    }
  }

  /** Takes over what stands on the server now. Own changes stay on top, but for those whose condition does not hold any more. */
  replaceStored(stored: Map<string, string>): void {
    this.#stored = stored;
    for (const [name, { expected }] of this.#changes) {
      if (expected !== undefined && expected.text !== this.#standing(name)) this.#changes.delete(name);
    }
    this.#decoded.clear();
  }

  /** Every field and its text as it is sent, own changes included, for a session that is made with them. */
  texts(): Map<string, string> {
    return new Map(
      this.#names().map((name) => {
        const change = this.#changes.get(name);
        return [name, change === undefined ? (this.#stored.get(name) as string) : sentText(change)];
      }),
    );
  }

  #change(name: string, body: string | undefined, { onlyIfUnchanged, ttlMs = null }: ChangeHow): void {
    // The condition of an earlier change in this request holds on while it is unsaved, unless it was asked and not met.
    const before = this.#changes.get(name);
    const kept = before?.refused && !onlyIfUnchanged ? undefined : before?.expected;
    const expected = kept ?? (onlyIfUnchanged ? { text: this.#standing(name) } : undefined);
    this.#changes.set(name, { body, ttlMs, expected });
    this.#decoded.delete(name);
  }

  /** What is stored of a field and has not run out. */
  #standing(name: string): string | undefined {
    const text = this.#stored.get(name);
    if (text === undefined) return undefined;
    const { untilMs } = readFieldText(text);
    return untilMs !== null && untilMs <= this.#now() ? undefined : text;
  }

  #body(name: string): string | undefined {
    const change = this.#changes.get(name);
    if (change !== undefined) return change.body;
    const text = this.#standing(name);
    return text === undefined ? undefined : readFieldText(text).body;
  }

  #names(): string[] {
    const names = new Set([...this.#stored.keys(), ...this.#changes.keys()]);
    return [...names].filter((name) => this.#body(name) !== undefined);
  }
}

function sentText({ body, ttlMs }: Change): string {
  return ttlMs === null ? (body ?? '') : `+${ttlMs}:${body ?? ''}`;
}

/** The changes as the save script takes them. */
export function changeArguments(sent: ChangesSent): string[] {
  return [...sent].flatMap(([name, change]) => [
    change.body === undefined ? 'd' : 's',
    name,
    change.body === undefined ? '' : sentText(change),
    change.expected === undefined
      ? '*'
      : change.expected.text === undefined
        ? '-'
        : `=${change.expected.text}`,
  ]);
}

function deepFreeze(value: unknown): unknown {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
