import { InvalidArgumentError } from '@penknife/core';
import { longestMember } from './member.js';
import type { Layout } from './order/layout.js';

/** Where a page ended: after a member with a score, in one period, up to a worst score. */
export interface Position {
  readonly packed: number;
  readonly member: string;
  /** The last score of the range that is being read. */
  readonly worst: number;
  /** The start of the period; undefined on a board without periods. */
  readonly startMs: number | undefined;
}

const form = /^([A-Za-z0-9_-]{8})\.([0-9a-z]{1,11})\.([0-9a-z]{1,11})\.([0-9a-z]*)\.([A-Za-z0-9_-]+)$/;

/** Writes a position as text for clients to hand back. Opaque, and not secret: it holds the member's name and score. */
export function writeCursor(layout: Layout, { packed, member, worst, startMs }: Position): string {
  const place = `${packed.toString(36)}.${worst.toString(36)}.${startMs?.toString(36) ?? ''}`;
  return `${layout.fingerprint}.${place}.${Buffer.from(member).toString('base64url')}`;
}

/** Reads a cursor; throws `InvalidArgumentError` for anything that no page of this board gave. */
export function readCursor(layout: Layout, cursor: string): Position {
  const match = typeof cursor === 'string' && cursor.length < 1000 ? form.exec(cursor) : null;
  const [, fingerprint, packed = '', worst = '', start = '', encoded = ''] = match ?? [];
  const member = Buffer.from(encoded, 'base64url');
  const position: Position = {
    packed: Number.parseInt(packed, 36),
    worst: Number.parseInt(worst, 36),
    startMs: start === '' ? undefined : Number.parseInt(start, 36),
    member: member.toString(),
  };
  const sound =
    fingerprint === layout.fingerprint &&
    Number.isSafeInteger(position.packed) &&
    Number.isSafeInteger(position.worst) &&
    member.length <= longestMember;
  if (!sound) throw new InvalidArgumentError('cursor', 'must be the `next` of a page of this board', cursor);
  return position;
}
