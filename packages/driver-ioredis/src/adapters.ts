import { ConnectionError } from '@penknife/core';
import type { ClientAdapter, ClusterAdapter, ServerAddress } from '@penknife/core/driver-kit';
import type { ClusterClient, NodeClient } from './client-types.js';
import { connectionOf } from './connection.js';
import { connectTimeoutOf, ownOptions, reconnectMs, seedOptions } from './own-options.js';
import { shapeReply } from './reply-shape.js';
import { translateError, withoutArguments } from './translate-error.js';

/** The way to one server, or to whichever server the recipe's sentinels call the primary. */
export function singleAdapter(recipe: NodeClient): ClientAdapter {
  const { options } = recipe;
  return {
    open: (purpose, events) => connectionOf(recipe.duplicate(ownOptions(purpose, options)), events),
    shape: shapeReply,
    translate: translateError,
    connectTimeoutMs: connectTimeoutOf(options),
    reconnectMs: (attempt) => reconnectMs(options, attempt),
  };
}

/** The way to the nodes of a cluster. Of the recipe are taken the nodes to start with, and the options of its connections. */
export function clusterAdapter(recipe: ClusterClient): ClusterAdapter {
  const { natMap, redisOptions } = recipe.options;
  let seed: NodeClient | undefined;

  /** The clients that a duplicate makes for the nodes it starts with: only it knows how it finds their names. */
  async function seedClients(): Promise<readonly NodeClient[]> {
    const cluster = recipe.duplicate([], seedOptions(redisOptions));
    let failure: unknown;
    cluster.on('error', (error) => {
      failure = error;
    });
    try {
      await new Promise<void>((resolve, reject) => {
        cluster.on('+node', () => resolve());
        cluster.connect().catch(reject);
      });
      return cluster.nodes();
    } catch (error) {
      const cause = withoutArguments(failure ?? error);
      throw new ConnectionError('no startup node of the cluster can be named', { sent: 'no', cause });
    } finally {
      cluster.disconnect();
    }
  }

  function reached({ host, port }: ServerAddress): ServerAddress {
    const address = `${host}:${port}`;
    return (typeof natMap === 'function' ? natMap(address) : natMap?.[address]) ?? { host, port };
  }

  return {
    async seeds() {
      const clients = await seedClients();
      seed = clients[0];
      return clients.map(({ options }) => ({
        host: options.host ?? 'localhost',
        port: options.port ?? 6379,
      }));
    },
    open(purpose, events, address) {
      if (seed === undefined || address === undefined) throw new Error('a node before the seeds');
      const options = { ...ownOptions(purpose, seed.options), ...reached(address) };
      return connectionOf(seed.duplicate(options), events);
    },
    shape: shapeReply,
    translate: translateError,
    connectTimeoutMs: connectTimeoutOf(redisOptions),
    reconnectMs: (attempt) => reconnectMs(redisOptions, attempt),
  };
}
