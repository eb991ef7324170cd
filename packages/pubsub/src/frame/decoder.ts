import { channel as diagnosticsChannel } from 'node:diagnostics_channel';
import type { Counters } from '../counters.js';
import type { ChannelDefinition } from '../definition.js';
import type { ChannelMessage } from '../event.js';
import type { Position } from '../position.js';
import { bodyOf, type Frame, idOf, isOrigin, originOf, readFrame } from './frame.js';
import { validateNow } from './validate-now.js';

/** A frame of ours: its message, or only its place when codec or schema refuse it. */
export interface Received<T> {
  readonly position: Position | undefined;
  /** Tells it from every other publish; empty on `fire` channels, where nothing asks for it. */
  readonly id: string;
  readonly event: ChannelMessage<T> | undefined;
}

/** A received frame that has its place. */
export interface Placed<T> extends Received<T> {
  readonly position: Position;
}

/** Where a payload came from. */
export interface Arrival {
  readonly channel: string;
  readonly params: Readonly<Record<string, string>>;
  readonly source: ChannelMessage['source'];
}

/** Reads payloads of one definition. Undefined for what is not ours; whatever is refused is counted and never throws. */
export type Decoder<T> = (payload: Uint8Array, arrival: Arrival) => Received<T> | undefined;

const refused = diagnosticsChannel('penknife:pubsub.refused');

/** The decoder of a definition, for the publisher `origin`. */
export function createDecoder<T>(
  definition: ChannelDefinition<string, never, T>,
  origin: string,
  counters: Counters,
): Decoder<T> {
  const { codec, schema, template, delivery } = definition;
  const subject = `a message of ${template.text}`;
  const codecId = codec.id.charCodeAt(0);
  const isPlaced = delivery !== 'fire';
  /** Most messages in a row are of one publisher: its name is made once. */
  let lastOrigin = origin;

  function messageOf(frame: Frame): T {
    if (frame.codecId !== codecId) throw new TypeError(`its codec is not ${codec.name}`);
    const value: unknown = codec.decode(bodyOf(frame));
    return schema === undefined ? (value as T) : validateNow(schema, value, subject);
  }

  return (payload, { channel, params, source }) => {
    const frame = readFrame(payload);
    if (frame === undefined || (isPlaced && frame.position === undefined)) {
      counters.foreign++;
      refused.publish({ template: template.text, why: 'foreign', error: undefined });
      return undefined;
    }
    const { position } = frame;
    const id = isPlaced ? idOf(frame) : '';
    try {
      const message = messageOf(frame);
      if (!isOrigin(frame, lastOrigin)) lastOrigin = originOf(frame);
      const own = lastOrigin === origin;
      return {
        position,
        id,
        event: { type: 'message', message, params, channel, origin: lastOrigin, own, position, source },
      };
    } catch (error) {
      counters.undecodable++;
      refused.publish({ template: template.text, why: 'undecodable', error });
      return { position, id, event: undefined };
    }
  };
}
