import type { Position } from './position.js';

/** One message as a listener gets it. All listeners of a channel share it: treat it as read-only. */
export interface ChannelMessage<T = unknown, P = unknown> {
  readonly type: 'message';
  readonly message: T;
  /** The parameters of the channel it came on; with a pattern, read back from the channel's name. */
  readonly params: P;
  /** The channel's name without namespace, parameters encoded. */
  readonly channel: string;
  /** Which `createPubSub` published it. */
  readonly origin: string;
  /** True when that was this one. */
  readonly own: boolean;
  /** Where it stands in the channel's order; undefined on `fire` channels. */
  readonly position: Position | undefined;
  /** `live`, read back from the `history`, or the value that was `retained`. */
  readonly source: 'live' | 'history' | 'retained';
}

/**
 * Why there is a gap. `interrupted`: the connection was cut, or a slot moved. `overflow`: this listener's own queue was
 * full. `lost`: messages are missing though nothing broke (a cluster's bus, a deaf connection). `resume`: found while
 * reading on from the given position. `undecodable`: a message of this channel that nobody here can read.
 */
export type GapReason = 'interrupted' | 'overflow' | 'lost' | 'resume' | 'undecodable';

/**
 * Why a gap could not be closed. `no-history`: this channel keeps none, or it is gone. `truncated`: it no longer reaches
 * back. `new-epoch`: the order started over. `rewound`: the server lost publishes that had been delivered. `too-far-behind`:
 * more than the recovery limit. `unreadable`: the server refused to read it. `dropped`, `undecodable`: see the reason. Where
 * news of a rewind was dropped from a full queue, the reason is `overflow`, and this is `rewound`.
 */
export type Unrecovered =
  | 'no-history'
  | 'truncated'
  | 'new-epoch'
  | 'rewound'
  | 'too-far-behind'
  | 'unreadable'
  | 'dropped'
  | 'undecodable';

/**
 * Messages may be missing, or would be without recovery. Not recovered: it stands exactly where the hole is, and what follows
 * comes after `to`. Recovered: it follows the messages that were read back.
 */
export interface Gap {
  readonly type: 'gap';
  /** The last position before the span, where there are positions and one is known. */
  readonly from: Position | undefined;
  /** The last position of the span: it reaches from after `from` up to and including `to`. */
  readonly to: Position | undefined;
  /** True: whatever was missed has been delivered from the history (on `latest`: the newest value has). */
  readonly recovered: boolean;
  /** How many messages, where that can be known. */
  readonly missed: number | undefined;
  readonly reason: GapReason;
  readonly unrecovered: Unrecovered | undefined;
  /** In words, for logs. */
  readonly detail: string;
}

/** What listeners and iterators get. */
export type ChannelEvent<T = unknown, P = unknown> = ChannelMessage<T, P> | Gap;

/** A gap that nothing could close. */
export function openGap(
  reason: GapReason,
  unrecovered: Unrecovered,
  detail: string,
  span: {
    readonly from?: Position | undefined;
    readonly to?: Position | undefined;
    readonly missed?: number | undefined;
  } = {},
): Gap {
  return {
    type: 'gap',
    from: span.from,
    to: span.to,
    recovered: false,
    missed: span.missed,
    reason,
    unrecovered,
    detail,
  };
}
