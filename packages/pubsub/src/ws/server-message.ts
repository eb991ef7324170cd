import { reportListenerError } from '@penknife/core';
import { type ChannelEvent, type Gap, openGap } from '../event.js';
import { positionText } from '../position.js';

/**
 * Why a client did not get what it asked for. `malformed`: not a message of the protocol. `too-large`: longer than the
 * limit. `unknown-room`: no definition of the bridge has it. `not-allowed`: `allow` said so. `too-many-rooms`: leave one
 * first. `unfit`: codec or schema refused the message. `unavailable`: nothing was done; ask again. `uncertain`: the
 * connection to the server broke in the middle, so the message may have been published.
 */
export type Refusal =
  | 'malformed'
  | 'too-large'
  | 'unknown-room'
  | 'not-allowed'
  | 'too-many-rooms'
  | 'unfit'
  | 'unavailable'
  | 'uncertain';

type Id = string | number | undefined;

/** What a client hears, as JSON text. `at` is what it gives as `since` when it comes back. */
export type ServerMessage =
  | { readonly type: 'joined'; readonly id?: Id; readonly room: string; readonly at?: string | undefined }
  | { readonly type: 'left'; readonly id?: Id; readonly room: string }
  | { readonly type: 'published'; readonly id?: Id; readonly room: string; readonly at?: string | undefined }
  | { readonly type: 'refused'; readonly id?: Id; readonly room?: string | undefined; readonly why: Refusal }
  | {
      readonly type: 'message';
      readonly room: string;
      readonly at?: string | undefined;
      readonly message: unknown;
    }
  | ({ readonly type: 'gap'; readonly room: string; readonly at?: string | undefined } & Pick<
      Gap,
      'recovered' | 'missed' | 'reason' | 'unrecovered'
    >);

/** A message as it travels. */
export function bytesOf(message: ServerMessage): Uint8Array {
  return Buffer.from(JSON.stringify(message));
}

/** Writes events. What many sockets of a room are sent one after the other is written once. */
export function createEventWriter(): (room: string, event: ChannelEvent) => Uint8Array {
  let lastEvent: ChannelEvent | undefined;
  // Clients may spell one room in different ways.
  let lastRoom = '';
  let bytes: Uint8Array = new Uint8Array(0);
  return (room, event) => {
    if (event !== lastEvent || room !== lastRoom) {
      bytes = writtenEvent(room, event);
      lastEvent = event;
      lastRoom = room;
    }
    return bytes;
  };
}

/** What JSON refuses is a gap with its position: whoever comes back does not meet it again. */
function writtenEvent(room: string, event: ChannelEvent): Uint8Array {
  try {
    return bytesOf(eventMessage(room, event));
  } catch (error) {
    reportListenerError(error);
    const to = event.type === 'message' ? event.position : event.to;
    const gap = openGap('undecodable', 'undecodable', 'JSON refused a message', { to, missed: 1 });
    return bytesOf(eventMessage(room, gap));
  }
}

function eventMessage(room: string, event: ChannelEvent): ServerMessage {
  if (event.type === 'message') {
    const { position, message } = event;
    return { type: 'message', room, at: position && positionText(position), message };
  }
  const { to, recovered, missed, reason, unrecovered } = event;
  return { type: 'gap', room, at: to && positionText(to), recovered, missed, reason, unrecovered };
}
