import { channel } from 'node:diagnostics_channel';

const errors = channel('penknife:listener.error');

/**
 * Publishes what a listener threw on the diagnostics channel `penknife:listener.error`. A listener's failure must never reach
 * its neighbours or end the process, and must never vanish either.
 */
export function reportListenerError(error: unknown): void {
  errors.publish({ error });
}
