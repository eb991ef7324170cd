import { defineKeys, type KeyBuilders, type Keys } from '@penknife/core';

type Ephemeral = { readonly life: 'ephemeral'; readonly holds: string };
type Durable = { readonly life: 'durable'; readonly holds: string; readonly bound: string };

/** The kinds of keys a channel has. */
export interface ChannelKinds extends Record<string, Ephemeral | Durable> {
  readonly head: Ephemeral;
  readonly history: Ephemeral;
  readonly latest: Ephemeral;
  readonly once: Ephemeral;
  readonly responders: Ephemeral;
  readonly session: Ephemeral;
  readonly state: Ephemeral;
  readonly users: Durable;
  readonly counts: Durable;
  readonly held: Durable;
  readonly rooms: Durable;
  readonly leases: Durable;
  readonly dying: Durable;
}

/** Every key of this package. The channel's name is the hash tag, or, when it is sharded, the tag of its range of slots. */
export const pubSubKeys: Keys<ChannelKinds> = defineKeys({
  pattern: 'ps',
  version: 1,
  kinds: {
    head: {
      life: 'ephemeral',
      holds: 'epoch and offset of the newest message of a `log` channel; gone after `history.positionTtl`',
    },
    history: {
      life: 'ephemeral',
      holds:
        'the last messages of a `log` channel, at most `history.size` and a hundredth; gone `history.ttl` after the last one',
    },
    state: {
      life: 'ephemeral',
      holds: 'the entries of a state, at most `limit`; gone `ttl` after the last change',
    },
    users: {
      life: 'durable',
      holds: 'who is present in a room, and since when',
      bound: 'one field a user; removed with the last connection, or when the lease of its node is over',
    },
    counts: {
      life: 'durable',
      holds: 'how many connections each user has in a room',
      bound: 'as `users`',
    },
    held: {
      life: 'durable',
      holds: 'the connections that one node holds in a room',
      bound: 'one field a connection; removed as `users`, and remembered as gone for an hour',
    },
    rooms: {
      life: 'durable',
      holds: 'the rooms in which one node has held connections since it began',
      bound:
        'one member a room, also those that all have left; removed when the node is closed or its lease is over',
    },
    leases: {
      life: 'durable',
      holds: 'the ends of the leases of all nodes',
      bound: 'one member a node; removed when it is over',
    },
    dying: {
      life: 'durable',
      holds: 'nodes whose lease is over, until their connections are removed',
      bound: 'one member a node; removed by whoever removed its connections',
    },
    latest: {
      life: 'ephemeral',
      holds: 'the last message of a `latest` channel; gone after `retain`',
    },
    once: {
      life: 'ephemeral',
      holds: 'that the id of a publish was used; gone after `onceFor`',
    },
    responders: {
      life: 'ephemeral',
      holds: 'who answers requests: one member a responder; gone with the longest lease',
    },
    session: {
      life: 'ephemeral',
      holds: 'a session of socket.io that was cut off; gone when it is restored, or after its limit',
    },
  },
});

/** What a channel's names are on the server. */
export interface ServerNames {
  /** Begins every server channel of the namespace. */
  readonly channelPrefix: string;
  /** The server channel (or glob) of a name. */
  channel(name: string): string;
  /** The server channel of a sharded name, under its hash tag. */
  shard(tag: string, name: string): string;
  /** The server channel by which one `createPubSub` finds out whether it hears anything. */
  probe(origin: string): string;
  /** The same for the sharded channels of one hash tag. */
  shardProbe(tag: string, origin: string): string;
  /** The name back; undefined for somebody else's channel. */
  nameOf(channel: string): string | undefined;
  readonly keys: KeyBuilders<ChannelKinds>;
}

/** The names of one namespace. */
export function serverNames(namespace: string): ServerNames {
  const keys = pubSubKeys.in(namespace);
  const prefix = `${namespace}:${pubSubKeys.pattern}${pubSubKeys.version}:`;
  const channelPrefix = `${prefix}channel:{`;
  const shard = new RegExp(`^${prefix.replaceAll('.', '\\.')}shard:\\{[^}]*\\}:(.*)$`);
  return {
    channelPrefix,
    channel: (name) => `${channelPrefix}${name}}`,
    shard: (tag, name) => `${prefix}shard:{${tag}}:${name}`,
    probe: (origin) => `${prefix}probe:{${origin}}`,
    shardProbe: (tag, origin) => `${prefix}probe:{${tag}}:${origin}`,
    nameOf: (channel) =>
      channel.startsWith(channelPrefix) && channel.endsWith('}')
        ? channel.slice(channelPrefix.length, -1)
        : shard.exec(channel)?.[1],
    keys,
  };
}
