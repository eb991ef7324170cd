import { InvalidArgumentError } from '@penknife/core';
import { longestMember } from './member.js';
import type { Layout, Place } from './order/layout.js';

/** Where a page ended: after a member with a score, in one period, up to a worst score. */
export interface Position {
  readonly place: Place;
  readonly member: string;
  /** The last place of the range that is being read; undefined: all there are. */
  readonly worst: Place | undefined;
  /** The start of the period; undefined on a board without periods. */
  readonly startMs: number | undefined;
}

const form = /^([A-Za-z0-9_-]{8})\.([0-9a-z]+)\.([0-9a-z]*)\.([0-9a-z]*)\.([A-Za-z0-9_-]+)$/;
const longestCursor = 1200;

/** Writes a position as text for clients to hand back. Opaque, and not secret: it holds the member's name and score. */
export function writeCursor(layout: Layout, { place, member, worst, startMs }: Position): string {
  const end = worst === undefined ? '' : layout.writePlace(worst);
  const from = `${layout.writePlace(place)}.${end}.${startMs?.toString(36) ?? ''}`;
  return `${layout.fingerprint}.${from}.${Buffer.from(member).toString('base64url')}`;
}

/** Reads a cursor; throws `InvalidArgumentError` for anything that no page of this board gave. */
export function readCursor(layout: Layout, cursor: string): Position {
  const match = typeof cursor === 'string' && cursor.length < longestCursor ? form.exec(cursor) : null;
  const [, fingerprint, from = '', end = '', start = '', encoded = ''] = match ?? [];
  const member = Buffer.from(encoded, 'base64url');
  const place = layout.parsePlace(from);
  const worst = end === '' ? undefined : layout.parsePlace(end);
  const sound =
    fingerprint === layout.fingerprint &&
    place !== undefined &&
    (end === '') === (worst === undefined) &&
    member.length <= longestMember;
  if (!sound) throw new InvalidArgumentError('cursor', 'must be the `next` of a page of this board', cursor);
  const startMs = start === '' ? undefined : Number.parseInt(start, 36);
  return { place, worst, startMs, member: member.toString() };
}
