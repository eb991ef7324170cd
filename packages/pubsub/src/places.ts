import type { ChannelDefinition } from './definition.js';
import type { ServerNames } from './keys.js';
import { slotTagOf } from './slot-tags.js';

/** The kinds of keys that go with a channel. */
type Kind = 'head' | 'history' | 'latest' | 'once' | 'responders' | 'state' | 'users';

/** Where the channels of one definition are on the server, and their keys, always in one slot. */
export interface Places {
  /** The server channel of a name. */
  channel(name: string): string;
  /** A key of the channel of that name, whose segments these are. */
  key(kind: Kind, name: string, segments: readonly string[], ...parts: readonly string[]): string;
}

/**
 * Ordinary channels have a slot each. Sharded ones share 256: a subscriber of very many is back after a cut with one
 * SSUBSCRIBE a slot, and a server moves few slots.
 */
export function placesOf(names: ServerNames, { sharded }: Pick<ChannelDefinition, 'sharded'>): Places {
  if (sharded) {
    return {
      channel: (name) => names.shard(slotTagOf(name), name),
      key: (kind, name, segments, ...parts) => names.keys[kind](slotTagOf(name), ...segments, ...parts),
    };
  }
  return {
    channel: names.channel,
    key: (kind, _name, segments, ...parts) => names.keys[kind](segments, ...parts),
  };
}
