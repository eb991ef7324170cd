import { PenknifeError } from '@penknife/core';

/** A listener whose queue overflowed under the policy `close`: its subscription has ended, everybody else's goes on. */
export class SlowListenerError extends PenknifeError {
  readonly kind = 'slow-listener';

  constructor(limit: number) {
    super('SLOW_LISTENER', `the listener was too slow: more than ${limit} events waited for it`);
  }
}
