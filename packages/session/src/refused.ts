import { defineTrace } from '@penknife/core';

/**
 * Why a request was not taken at its word. `not-ours`: a token that this key ring did not sign, or a Cookie header above 32 KB;
 * `unreadable`: what stands at the session's key is not of this program; `replayed`: an id from before a rotation, after its overlap;
 * `csrf`: no token of this session.
 */
export type Refused = 'not-ours' | 'unreadable' | 'replayed' | 'csrf';

const reasons: ReadonlySet<string> = new Set<Refused>(['not-ours', 'unreadable', 'replayed']);

/** True for outcomes of a load that somebody forged, stole or broke something for; an end is none. */
export function isRefused(reason: string): reason is Refused {
  return reasons.has(reason);
}

const trace = defineTrace('session.refused');

/** Tells whoever listens to `penknife:session.refused`, to log or to count it: the reason, and neither id nor token. */
export function tellRefused(reason: Refused): void {
  if (trace.listened)
    void trace(
      () => ({ reason }),
      async () => undefined,
    );
}
