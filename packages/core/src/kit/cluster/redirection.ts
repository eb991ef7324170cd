import type { PenknifeError } from '../../errors/penknife-error.js';
import { isServerError } from '../../errors/server-error.js';

/** Where a cluster node sends a command on to. */
export interface Redirection {
  readonly kind: 'MOVED' | 'ASK';
  readonly slot: number;
  /** `host:port`, as servers know it. */
  readonly node: string;
}

/** Reads `MOVED <slot> <host>:<port>` and `ASK …` (Redis cluster specification); a missing host is the answering node's. */
export function redirectionOf(error: PenknifeError, answering: string): Redirection | undefined {
  if (!isServerError(error) || (error.code !== 'MOVED' && error.code !== 'ASK')) return undefined;
  const [, slot, address = ''] = error.message.split(' ');
  const number = Number(slot);
  const colon = address.lastIndexOf(':');
  if (colon < 0 || !Number.isInteger(number) || number < 0 || number > 16383) return undefined;
  const host = address.slice(0, colon);
  const unknown = host === '' || host === '?';
  const own = answering.slice(0, answering.lastIndexOf(':'));
  return { kind: error.code, slot: number, node: unknown ? own + address.slice(colon) : address };
}
