import { isServerError } from '@penknife/core';
import { isReplyError } from './translate-error.js';

/** Where a cluster node sends a command on to. */
export interface Redirection {
  readonly kind: 'MOVED' | 'ASK';
  readonly slot: number;
  /** `host:port`, as servers know it. */
  readonly address: string;
}

/** Reads `MOVED <slot> <host>:<port>` and `ASK …` (Redis cluster specification); a missing host is the answering node's. */
export function redirectionOf(error: unknown, answering: string): Redirection | undefined {
  if (!isReplyError(error) && !isServerError(error)) return undefined;
  const [kind, slot, address = ''] = error.message.split(' ');
  if (kind !== 'MOVED' && kind !== 'ASK') return undefined;
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon);
  const unknown = host === '' || host === '?';
  const own = answering.slice(0, answering.lastIndexOf(':'));
  const number = Number(slot);
  if (colon < 0 || !Number.isInteger(number) || number < 0 || number > 16383) return undefined;
  return { kind, slot: number, address: unknown ? own + address.slice(colon) : address };
}
