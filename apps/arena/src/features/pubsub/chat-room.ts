import { type Codec, jsonCodec } from '@penknife/core';
import { type ChannelDefinition, defineChannel } from '@penknife/pubsub';

/** What somebody said. */
export interface ChatMessage {
  readonly from: string;
  readonly text: string;
}

/** Who is typing. */
export interface Typing {
  readonly from: string;
}

/** The room's channel: ordered, and read back after a cut. */
export const roomMessage: ChannelDefinition<'room:{room}:message', ChatMessage, ChatMessage, 'log'> =
  defineChannel('room:{room}:message', {
    codec: jsonCodec as Codec<ChatMessage>,
    delivery: 'log',
    history: { size: 200, ttl: '1h' },
  });

/** Only the last one to type matters, and only for a moment. */
export const roomTyping: ChannelDefinition<'room:{room}:typing', Typing, Typing, 'latest'> = defineChannel(
  'room:{room}:typing',
  { codec: jsonCodec as Codec<Typing>, delivery: 'latest', retain: '3s' },
);

/** The one room there is. */
export const room = { room: 'arena' } as const;
