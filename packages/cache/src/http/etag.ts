import { createHash } from 'node:crypto';

/** A strong entity tag of a body. */
export function etagOf(body: Uint8Array): string {
  return `"${createHash('sha1').update(body).digest('base64url')}"`;
}

/** True when one of the tags of an If-None-Match field is this one, compared weakly as RFC 9110 (13.1.2) has it. */
export function matchesEtag(field: string | undefined, etag: string): boolean {
  if (field === undefined) return false;
  const opaque = (tag: string): string => tag.trim().replace(/^W\//, '');
  return field.trim() === '*' || field.split(',').some((tag) => opaque(tag) === opaque(etag));
}
