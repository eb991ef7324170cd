import type { CallOptions } from '../contract/sender.js';

/**
 * What of a call's options is the driver's: its signal, and its deadline or else `deadlineMs`, the pattern's own. Undefined when
 * neither is given, so that the driver's own deadline counts.
 */
export function callWithin(call: CallOptions | undefined, deadlineMs?: number): CallOptions | undefined {
  const { signal, deadlineMs: own = deadlineMs } = call ?? {};
  if (signal === undefined && own === undefined) return undefined;
  return { ...(signal !== undefined && { signal }), ...(own !== undefined && { deadlineMs: own }) };
}
