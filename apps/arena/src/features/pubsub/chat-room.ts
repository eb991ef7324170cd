import { type Codec, jsonCodec } from '@penknife/core';
import { type ChannelDefinition, defineChannel, type PubSub } from '@penknife/pubsub';

/** What somebody said. */
export interface ChatMessage {
  readonly from: string;
  readonly text: string;
}

/** A line of the chat as the page shows it; null as its author: what the room itself has to say. */
export interface ChatLine {
  readonly from: string | null;
  readonly text: string;
}

/** The room's channel: ordered, and read back after a cut. */
export const roomMessage: ChannelDefinition<'room:{room}:message', ChatMessage, ChatMessage, 'log'> =
  defineChannel('room:{room}:message', {
    codec: jsonCodec as Codec<ChatMessage>,
    delivery: 'log',
    history: { size: 200, ttl: '1h' },
  });

/** The one room there is. */
export const room = { room: 'arena' } as const;
const shownLines = 20;

/** Follows the room from its oldest message on; `lines` is what this instance heard last. */
export function followRoom(
  pubsub: PubSub,
  signal: AbortSignal,
): { readonly lines: readonly ChatLine[]; readonly live: Promise<unknown> } {
  const lines: ChatLine[] = [];
  const add = (line: ChatLine): void => {
    lines.push(line);
    if (lines.length > shownLines) lines.shift();
  };
  const live = pubsub.channel(roomMessage).subscribe(
    room,
    {
      message: (message) => add(message),
      gap: ({ recovered }) => {
        if (!recovered) add({ from: null, text: 'some messages are missing here' });
      },
    },
    { since: 'oldest', signal },
  );
  return { lines, live };
}
