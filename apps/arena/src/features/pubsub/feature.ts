import { createPresence, createPubSub, type Presence, type RosterView } from '@penknife/pubsub';
import { createEventStream } from '@penknife/pubsub/sse';
import type { Feature } from '../../feature.js';
import { playerOf } from '../../player.js';
import { visitorOf } from '../../visitor.js';
import { room, roomMessage, roomTyping } from './chat-room.js';
import script from './panel.browser.js?raw';
import html from './panel.html?raw';

const messageBody = {
  type: 'object',
  required: ['text'],
  properties: { text: { type: 'string', minLength: 1, maxLength: 200 } },
} as const;

/** Who is in the room as this instance sees it: begun at the first question, and again when that failed. */
function rosterOf(presence: Presence): () => Promise<RosterView> {
  let view: Promise<RosterView> | undefined;
  return () => {
    if (view === undefined) {
      const opening = presence.watch(room.room, {});
      view = opening;
      opening.catch(() => {
        if (view === opening) view = undefined;
      });
    }
    return view;
  };
}

/** A chat: what is said and who is typing are streamed to the page; whoever has the page open is present. */
export const pubsubFeature: Feature = {
  name: 'pubsub',
  title: 'Chat',
  html,
  script,
  register({ app, driver }) {
    const pubsub = createPubSub(driver);
    const presence = createPresence(pubsub, { lease: '5s', grace: '1s' });
    const roster = rosterOf(presence);
    const said = createEventStream(pubsub, roomMessage, { from: 'oldest', retry: '500ms' });
    const typing = createEventStream(pubsub, roomTyping, { retry: '500ms' });

    app.get('/api/pubsub', async (request, reply) => {
      const { users } = await roster();
      return { you: playerOf(visitorOf(request, reply)), present: [...users.keys()].sort() };
    });
    app.get('/api/pubsub/said', async (request, reply) => {
      const tab = await presence.join(room.room, playerOf(visitorOf(request, reply)));
      if (tab !== 'full') {
        reply.raw.once('close', () => {
          tab.leave().catch((error: unknown) => app.log.error(error));
        });
      }
      return reply.send(await said.respond(request, room));
    });
    app.get('/api/pubsub/typing', async (request, reply) => reply.send(await typing.respond(request, room)));
    app.post('/api/pubsub/typing', async (request, reply) => {
      await pubsub.channel(roomTyping).publish(room, { from: playerOf(visitorOf(request, reply)) });
      return reply.code(204).send();
    });
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
      await presence.close();
      await pubsub.close();
    };
  },
};
