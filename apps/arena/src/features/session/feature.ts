import { createSessions, type Session } from '@penknife/session';
import { createFastifySessions } from '@penknife/session/fastify';
import type { FastifyInstance } from 'fastify';
import type { Feature } from '../../feature.js';
import { LiveStream } from './live-stream.js';
import script from './panel.browser.js?raw';
import html from './panel.html?raw';

/** What the arena keeps in a session. */
interface Kept {
  readonly note?: string;
}

const body = (field: string, maxLength: number) =>
  ({
    type: 'object',
    required: [field],
    properties: { [field]: { type: 'string', minLength: 1, maxLength } },
  }) as const;

/** Logging in, one's devices, and an end for all of them that closes what they have open, at once. */
export const sessionFeature: Feature = {
  name: 'session',
  title: 'Devices',
  html,
  script,
  register({ app, driver, instance, secret }) {
    const sessions = createSessions<Kept>(driver, { secrets: [{ id: 'a', secret }], maxSessions: 5 });
    // Without TLS, so without the prefix that browsers hold to it.
    const { plugin, sessionOf } = createFastifySessions(sessions, {
      name: 'arena_session',
      secure: false,
      csrf: true,
    });
    const streams = new Map<string, Set<LiveStream>>();

    function openStream({ publicId }: Session<Kept>): LiveStream {
      const stream = new LiveStream();
      const ofSession = streams.get(publicId) ?? new Set();
      streams.set(publicId, ofSession.add(stream));
      stream.body.once('close', () => {
        ofSession.delete(stream);
        if (ofSession.size === 0) streams.delete(publicId);
      });
      return stream;
    }

    async function routes(scope: FastifyInstance): Promise<void> {
      await scope.register(plugin);

      scope.get('/api/session', async (request) => {
        const session = sessionOf(request);
        const devices = session.user === null ? [] : await sessions.list(session.user);
        return {
          user: session.user,
          token: session.csrfToken(),
          note: session.get('note') ?? '',
          said: session.takeFlash('said'),
          devices: devices.map(({ publicId, label, seenMs }) => ({
            publicId,
            label,
            seenMs,
            here: publicId === session.publicId,
          })),
        };
      });

      scope.get('/api/session/live', async (request, reply) => {
        const session = sessionOf(request);
        // Nothing to watch; the page asks again once it has a session.
        if (session.state !== 'live') return reply.code(204).send();
        const stream = openStream(session);
        const watch = await session
          .onRevoked(({ reason }) => stream.end({ type: 'over', text: reason }))
          .catch((error: unknown) => {
            stream.body.destroy();
            throw error;
          });
        stream.body.once('close', () => {
          watch.close().catch((error: unknown) => app.log.error(error));
        });
        stream.tell({ type: 'live', text: session.user ?? '' });
        return reply.type('text/event-stream').header('cache-control', 'no-store').send(stream.body);
      });

      scope.post<{ Body: { readonly user: string } }>(
        '/api/session/login',
        { schema: { body: body('user', 40) } },
        async (request) => {
          const session = sessionOf(request);
          session.flash('said', `Welcome, ${request.body.user}.`);
          return session.login(request.body.user, {
            address: request.ip,
            agent: request.headers['user-agent'] ?? '',
            label: `by instance ${instance}`,
          });
        },
      );

      scope.post<{ Body: { readonly note: string } }>(
        '/api/session/note',
        {
          schema: { body: body('note', 200) },
          // The session is loaded; what is to be written may still be on its way.
          preParsing: async (request) => {
            for (const stream of streams.get(sessionOf(request).publicId) ?? []) {
              stream.tell({ type: 'writing', text: '' });
            }
          },
        },
        async (request) => {
          const session = sessionOf(request);
          session.set('note', request.body.note);
          return session.save();
        },
      );

      scope.post('/api/session/logout', async (request) => ({ ok: await sessionOf(request).destroy() }));

      scope.post('/api/session/logout-everywhere', async (request) => {
        const { user } = sessionOf(request);
        return { ok: user !== null && (await sessions.revokeAll(user)) };
      });

      scope.post<{ Body: { readonly publicId: string } }>(
        '/api/session/revoke',
        {
          schema: {
            body: {
              ...body('publicId', 38),
              properties: { publicId: { type: 'string', pattern: '^[\\w-]{38}$' } },
            },
          },
        },
        async (request) => {
          const { user } = sessionOf(request);
          return { ok: user !== null && (await sessions.revoke(request.body.publicId, { user })) };
        },
      );
    }
    app.register(routes);

    return async () => {
      for (const ofSession of streams.values()) for (const stream of ofSession) stream.body.destroy();
      await sessions.close();
    };
  },
};
