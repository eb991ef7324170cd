import { ClosedError } from '@penknife/core';
import type { ClientAdapter } from '@penknife/core/driver-kit';
import type { SentinelClient, SingleClient } from './client-types.js';
import { connectionOf } from './connection.js';
import { connectTimeoutOf, ownOptions } from './own-options.js';
import { shapeReply } from './reply-shape.js';
import { translateError } from './translate-error.js';

/**
 * The way to the primary that sentinels name, told by a client of `createSentinel`. A duplicate of it, which sends nothing of
 * ours (it would re-send what was lost), watches the sentinels and says who the primary is; connections are our own.
 */
export function sentinelAdapter(recipe: SentinelClient): ClientAdapter {
  let watching: Promise<SentinelClient> | undefined;
  let watcher: SentinelClient | undefined;
  let closed = false;
  const drops = new Set<(error: Error) => void>();

  function watch(): Promise<SentinelClient> {
    if (closed) throw new ClosedError('driver');
    if (watching !== undefined) return watching;
    const own = recipe.duplicate();
    watcher = own;
    // What it fails at is told by its `connect`, and by connections that cannot be had.
    own.on('error', () => undefined);
    own.on('topology-change', ({ type }) => {
      if (type !== 'MASTER_CHANGE') return;
      for (const drop of [...drops]) drop(new Error('the sentinels name another primary'));
    });
    watching = own.connect().then(() => own);
    watching.catch(() => {
      watching = undefined;
    });
    return watching;
  }

  return {
    async open(purpose, events) {
      const own = await watch();
      const primary = await own
        ._execute(false, async (client) => client)
        .catch((error: unknown) => {
          // It gives up for good when it finds no primary for long; the next try takes another.
          if (!own.isOpen) watching = undefined;
          throw error;
        });
      if (closed) throw new ClosedError('driver');
      const client: SingleClient = primary.duplicate(ownOptions(purpose, primary.options?.socket));
      const drop = (error: Error): void => {
        drops.delete(drop);
        connection.close();
        events.lost(error);
      };
      const lost = (error: unknown): void => {
        if (drops.delete(drop)) events.lost(error);
      };
      const connection = connectionOf(client, client.connect(), { ...events, lost });
      drops.add(drop);
      return {
        ...connection,
        get ready() {
          return connection.ready;
        },
        close() {
          drops.delete(drop);
          connection.close();
        },
      };
    },
    shape: shapeReply,
    translate: translateError,
    connectTimeoutMs: connectTimeoutOf(undefined),
    reconnectMs: () => undefined,
    close() {
      closed = true;
      Promise.resolve(watcher?.destroy()).catch(() => undefined);
    },
  };
}
