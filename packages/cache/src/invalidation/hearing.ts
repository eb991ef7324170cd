import { type Driver, sharedFeed } from '@penknife/core';
import type { Places } from '../keys.js';
import type { ResolvedOptions } from '../options.js';

/** Who hears of invalidations. */
export interface NewsListener {
  /** A message that names them. */
  heard(text: string): void;
  /** There may be some: the log knows. */
  missed(): void;
}

/** A way on which invalidations are heard of. */
export interface Hearing {
  close(): Promise<void>;
}

/**
 * Opens the way on which this process hears of invalidations. A channel names them. CLIENT TRACKING (broadcast, for the
 * key of the cache's record) says that there are some, and also that somebody else deleted the record; it costs a look at
 * the log for each, and two connections.
 */
export async function openHearing(
  driver: Driver,
  places: Places,
  transport: ResolvedOptions['transport'],
  listener: NewsListener,
): Promise<Hearing> {
  if (transport === 'channel') {
    return sharedFeed(driver).listen('channel', places.news, {
      message: (payload) => listener.heard(Buffer.from(payload).toString('utf8')),
      gap: () => listener.missed(),
    });
  }
  return driver.openFeed(
    {
      message: () => undefined,
      gap: () => listener.missed(),
      // Null, which is everything, included.
      invalidated: () => listener.missed(),
    },
    { tracking: [places.record] },
  );
}
