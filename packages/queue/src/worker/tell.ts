import { reportListenerError } from '@penknife/core';
import type { WorkerEvent } from '../options.js';

/** Tells whoever listens to a worker. What that throws is reported, and harms nothing. */
export function tell(onEvent: (event: WorkerEvent) => void, event: WorkerEvent): void {
  try {
    onEvent(event);
  } catch (error) {
    reportListenerError(error);
  }
}
