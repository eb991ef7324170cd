import { defineKeys, type KeyBuilders, type Keys } from '@penknife/core';

type Ephemeral = { readonly life: 'ephemeral'; readonly holds: string };

/** The kinds of keys a channel has. */
export interface ChannelKinds extends Record<string, Ephemeral> {
  readonly head: Ephemeral;
  readonly history: Ephemeral;
  readonly latest: Ephemeral;
}

/** Every key of this package. The channel's name is the hash tag, so its keys and its shard channel share a slot. */
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
        'the last messages of a `log` channel, at most `history.size`; gone `history.ttl` after the last one',
    },
    latest: {
      life: 'ephemeral',
      holds: 'the last message of a `latest` channel; gone after `retain`',
    },
  },
});

/** What a channel's names are on the server. */
export interface ServerNames {
  /** Begins every server channel of the namespace. */
  readonly channelPrefix: string;
  /** The server channel (or glob) of a name. */
  channel(name: string): string;
  /** The name back; undefined for somebody else's channel. */
  nameOf(channel: string): string | undefined;
  readonly keys: KeyBuilders<ChannelKinds>;
}

/** The names of one namespace. */
export function serverNames(namespace: string): ServerNames {
  const keys = pubSubKeys.in(namespace);
  const channelPrefix = `${namespace}:${pubSubKeys.pattern}${pubSubKeys.version}:channel:{`;
  return {
    channelPrefix,
    channel: (name) => `${channelPrefix}${name}}`,
    nameOf: (channel) =>
      channel.startsWith(channelPrefix) && channel.endsWith('}')
        ? channel.slice(channelPrefix.length, -1)
        : undefined,
    keys,
  };
}
