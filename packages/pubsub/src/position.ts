import { InvalidArgumentError } from '@penknife/core';

/**
 * A place in a channel's order. `offset` counts publishes from 1 (on `latest` channels it is the version); it only means
 * something within its `epoch`, which changes whenever the counter had to start over (eviction, flush, expiry).
 */
export interface Position {
  readonly epoch: string;
  readonly offset: number;
}

const form = /^([A-Za-z0-9_-]{1,64}):(\d{1,16})$/;

/** Reads `epoch:offset`; undefined for anything else. */
export function readPosition(text: string): Position | undefined {
  const match = form.exec(text);
  if (match === null) return undefined;
  const offset = Number(match[2]);
  return Number.isSafeInteger(offset) ? { epoch: match[1] as string, offset } : undefined;
}

/** Writes `epoch:offset`. */
export function positionText({ epoch, offset }: Position): string {
  return `${epoch}:${offset}`;
}

/**
 * Before the first message of a channel. Whoever comes back with it gets all there is; nothing is missing unless the history
 * no longer begins with the first.
 */
export const nowhere: Position = { epoch: 'none', offset: 0 };

/** A position that a caller gives, checked. */
export function checkPosition(argument: string, value: Position): Position {
  const { epoch, offset } = value ?? {};
  const checked =
    typeof epoch === 'string' && Number.isSafeInteger(offset)
      ? readPosition(`${epoch}:${offset}`)
      : undefined;
  if (checked === undefined) {
    throw new InvalidArgumentError(
      argument,
      "must be { epoch, offset } as an event carried it, or 'oldest'",
      value,
    );
  }
  return checked;
}
