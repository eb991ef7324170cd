import type { CallOptions, Clock, Sender } from '@penknife/core';
import type { ServerTime } from './calendar/server-time.js';
import type { ResolvedOptions } from './options.js';

/** What the boards of a leaderboard share. */
export interface BoardHome<M> {
  readonly sender: Pick<Sender, 'send'>;
  readonly time: ServerTime;
  readonly clock: Clock;
  readonly options: ResolvedOptions<M>;
  call(options: CallOptions | undefined): CallOptions | undefined;
}
