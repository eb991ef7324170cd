import { createPubSub } from '@penknife/pubsub';
import type { Feature } from '../../feature.js';
import { playerOf } from '../../player.js';
import { visitorOf } from '../../visitor.js';
import { followRoom, room, roomMessage } from './chat-room.js';
import script from './panel.browser.js?raw';
import html from './panel.html?raw';

const messageBody = {
  type: 'object',
  required: ['text'],
  properties: { text: { type: 'string', minLength: 1, maxLength: 200 } },
} as const;

/** A chat: each instance listens for itself and shows what it heard. */
export const pubsubFeature: Feature = {
  name: 'pubsub',
  title: 'Chat',
  html,
  script,
  register({ app, driver }) {
    const ending = new AbortController();
    const pubsub = createPubSub(driver);
    const { lines, live } = followRoom(pubsub, ending.signal);
    live.catch((error: unknown) => {
      if (!ending.signal.aborted) app.log.error(error);
    });

    app.get('/api/pubsub', () => ({ lines }));
    app.post<{ Body: { readonly text: string } }>(
      '/api/pubsub',
      { schema: { body: messageBody } },
      async (request, reply) => {
        const from = playerOf(visitorOf(request, reply));
        await pubsub.channel(roomMessage).publish(room, { from, text: request.body.text });
        return reply.code(201).send({ from });
      },
    );
    return async () => {
      ending.abort();
      await pubsub.close();
    };
  },
};
