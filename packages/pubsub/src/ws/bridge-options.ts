import { bytesCodec, checkObject, type Duration, durationMs, InvalidArgumentError } from '@penknife/core';
import type { AnyDefinition, ChannelDefinition } from '../definition.js';
import type { ListenerOverflow } from '../listener/waiting-line.js';
import type { AnyParameters } from '../template/template.js';

/** What a client wants to do, for `allow` to judge. */
export interface WantedAct {
  readonly act: 'join' | 'publish';
  /** The template of the room's definition. */
  readonly template: string;
  /** The room's parameters, decoded. They are what a client made up. */
  readonly params: AnyParameters;
}

/** How sockets are served. */
export interface SocketBridgeOptions<Who> {
  /** The channels that clients may name: no other is reachable. */
  readonly channels: readonly ChannelDefinition<string, never, unknown>[];
  /** Decides on every join and every publish. What it throws is reported, and refuses. */
  allow(who: Who, wanted: WantedAct): boolean | Promise<boolean>;
  /** How often a socket is asked for a sign of life; one that gave none since the last time is dropped. Default `'30s'`. */
  readonly heartbeat?: Duration;
  /** How many rooms a socket may be in. Default 100. */
  readonly roomLimit?: number;
  /** How many bytes may wait in a socket before its events wait in their queue. Default 1 MiB. */
  readonly bufferLimit?: number;
  /** How many events of a room may wait for a slow socket. Default 1000. */
  readonly queueLimit?: number;
  /**
   * What happens when more do. Default `'close'`: the socket is closed with 1013, comes back and reads on from where it was.
   * The others keep it, and tell it what it lost.
   */
  readonly overflow?: Exclude<ListenerOverflow, 'latest-per-key'>;
  /** How long a message of a client may be, in bytes. Default 64 KiB. Give the server a `maxPayload` of its own, too. */
  readonly messageLimit?: number;
}

/** Options with everything decided. */
export interface ResolvedBridgeOptions<Who> {
  readonly channels: readonly AnyDefinition[];
  readonly allow: SocketBridgeOptions<Who>['allow'];
  readonly heartbeatMs: number;
  readonly roomLimit: number;
  readonly bufferLimit: number;
  readonly messageLimit: number;
  readonly queueLimit: number;
  readonly overflow: Exclude<ListenerOverflow, 'latest-per-key'>;
}

const policies: readonly unknown[] = ['close', 'drop-oldest', 'drop-newest'];

/** Resolves the options once; throws `InvalidArgumentError`. */
export function resolveBridgeOptions<Who>(options: SocketBridgeOptions<Who>): ResolvedBridgeOptions<Who> {
  checkObject('options', options);
  const { channels, allow, heartbeat = '30s', overflow = 'close' } = options;
  const { roomLimit = 100, bufferLimit = 2 ** 20, queueLimit = 1000, messageLimit = 2 ** 16 } = options;
  if (!Array.isArray(channels) || channels.length === 0) {
    throw new InvalidArgumentError('channels', 'must be a list of definitions that is not empty', channels);
  }
  for (const channel of channels as readonly Partial<AnyDefinition>[])
    if (typeof channel?.template?.text !== 'string')
      throw new InvalidArgumentError('channels', 'must be what defineChannel gave', channel);
  for (const { codec, template } of channels as readonly AnyDefinition[])
    if ((codec as unknown) === bytesCodec)
      throw new InvalidArgumentError('channels', 'must not carry bytes: clients talk JSON', template.text);
  if (typeof allow !== 'function') throw new InvalidArgumentError('allow', 'must be a function', allow);
  if (!policies.includes(overflow)) {
    throw new InvalidArgumentError('overflow', `must be one of ${policies.join(', ')}`, overflow);
  }
  for (const [name, value] of Object.entries({ roomLimit, bufferLimit, queueLimit, messageLimit })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new InvalidArgumentError(name, 'must be a whole number of at least 1', value);
    }
  }
  const heartbeatMs = durationMs(heartbeat, 'heartbeat', { minMs: 100 });
  return {
    channels: channels as readonly AnyDefinition[],
    allow,
    heartbeatMs,
    roomLimit,
    bufferLimit,
    messageLimit,
    queueLimit,
    overflow,
  };
}
