import { InvalidArgumentError, jsonCodec } from '@penknife/core';
import { SessionLimitError } from './errors.js';

interface Change {
  /** JSON; undefined: delete. */
  readonly text: string | undefined;
  /** What must stand there for the change to be made; undefined: anything. */
  readonly expected: { readonly text: string | undefined } | undefined;
}

/** Changes as they are sent, to be settled once the server answered. */
export type ChangesSent = ReadonlyMap<string, Change>;

const fieldRule = /^[A-Za-z0-9_.-]{1,64}$/;
const refusedFields: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
const utf8 = new TextEncoder();

/** True for names a field may have. Names that objects treat specially are not among them. */
export function isFieldName(name: unknown): name is string {
  return typeof name === 'string' && fieldRule.test(name) && !refusedFields.has(name);
}

/**
 * The data of one session as a request sees it: what was loaded, and its own changes on top, each field by itself. Values
 * are kept as JSON and given out frozen, so that a change in place is an error instead of a change that is never saved.
 */
export class SessionFields {
  #stored: Map<string, string>;
  readonly #changes: Map<string, Change> = new Map();
  readonly #decoded: Map<string, unknown> = new Map();

  constructor(stored: ReadonlyMap<string, string>) {
    this.#stored = new Map(stored);
  }

  get(name: string): unknown {
    const text = this.#text(name);
    if (text === undefined) return undefined;
    if (!this.#decoded.has(name)) this.#decoded.set(name, deepFreeze(JSON.parse(text)));
    return this.#decoded.get(name);
  }

  /** All fields as one object of its own. */
  all(): Record<string, unknown> {
    const data: Record<string, unknown> = {};
    for (const name of this.#names()) data[name] = this.get(name);
    return data;
  }

  set(name: string, value: unknown, onlyIfUnchanged = false): void {
    if (value === undefined) {
      throw new InvalidArgumentError('value', 'must not be undefined; use delete()', value);
    }
    this.#change(name, jsonCodec.encode(value) as string, onlyIfUnchanged);
  }

  delete(name: string, onlyIfUnchanged = false): void {
    this.#change(name, undefined, onlyIfUnchanged);
  }

  get changed(): boolean {
    return this.#changes.size > 0;
  }

  /** Refuses what exceeds the limits, before anything is sent. */
  checkLimits(maxFields: number, maxBytes: number): void {
    const names = this.#names();
    if (names.length > maxFields) throw new SessionLimitError('fields', maxFields);
    let bytes = 0;
    for (const name of names) bytes += name.length + utf8.encode(this.#text(name) ?? '').length;
    if (bytes > maxBytes) throw new SessionLimitError('bytes', maxBytes);
  }

  changes(): ChangesSent {
    return new Map(this.#changes);
  }

  /** The server made these changes. Later ones of the same fields stay to be saved. */
  settle(sent: ChangesSent): void {
    for (const [name, change] of sent) {
      if (change.text === undefined) this.#stored.delete(name);
      else this.#stored.set(name, change.text);
      if (this.#changes.get(name) === change) this.#changes.delete(name);
    }
  }

  /** What stands on the server now. Own changes stay on top, but for those whose condition does not hold any more. */
  replaceStored(stored: ReadonlyMap<string, string>): void {
    this.#stored = new Map(stored);
    for (const [name, { expected }] of this.#changes) {
      if (expected !== undefined && expected.text !== stored.get(name)) this.#changes.delete(name);
    }
    this.#decoded.clear();
  }

  /** Field and JSON, own changes included, for a session that is made with them. */
  texts(): ReadonlyMap<string, string> {
    return new Map(this.#names().map((name) => [name, this.#text(name) as string]));
  }

  #change(name: string, text: string | undefined, onlyIfUnchanged: boolean): void {
    if (!isFieldName(name)) {
      throw new InvalidArgumentError(
        'field',
        'must be 1 to 64 letters, digits, `_`, `.` or `-`, and no name that objects treat specially',
        name,
      );
    }
    // The condition of an earlier change in this request holds on: it is still unsaved.
    const expected =
      this.#changes.get(name)?.expected ?? (onlyIfUnchanged ? { text: this.#stored.get(name) } : undefined);
    this.#changes.set(name, { text, expected });
    this.#decoded.delete(name);
  }

  #text(name: string): string | undefined {
    const change = this.#changes.get(name);
    return change === undefined ? this.#stored.get(name) : change.text;
  }

  #names(): string[] {
    const names = new Set([...this.#stored.keys(), ...this.#changes.keys()]);
    return [...names].filter((name) => this.#text(name) !== undefined);
  }
}

/** The changes as the save script takes them. */
export function changeArguments(sent: ChangesSent): string[] {
  return [...sent].flatMap(([name, { text, expected }]) => [
    text === undefined ? 'd' : 's',
    `.${name}`,
    text ?? '',
    expected === undefined ? '*' : expected.text === undefined ? '-' : `=${expected.text}`,
  ]);
}

function deepFreeze(value: unknown): unknown {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
