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

/** The epoch of positions before the first message. */
export const nowhere = 'none';

/**
 * Before the first message of a channel, at a moment in ms since 1970. Whoever comes back with it gets all there is. That
 * nothing is missing can only be said while the history could not have expired since: else there may have been one.
 */
export function nowhereAt(nowMs: number): Position {
  return { epoch: nowhere, offset: Math.floor(nowMs) };
}

/** True where nothing that was published after this position of `nowhereAt` can have expired. */
export function isBeforeFirst({ epoch, offset }: Position, nowMs: number, lifeMs: number): boolean {
  return epoch === nowhere && nowMs - offset < lifeMs;
}

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
