import { createMemoryDriver } from '@penknife/driver-memory';
import { fastify } from 'fastify';
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { createPubSub, defineChannel } from '../src/index.js';
import { createEventStream } from '../src/sse.js';

// The frameworks are what is tried here, so there is one driver; what is streamed is tried over the matrix.
const tokens = defineChannel('answer:{answer}', { delivery: 'log' });

/** Reads events until one has the given data, and then hangs up; gives the data of all, and the last id. */
async function readUntil(response: Response, last: string): Promise<{ data: string[]; id: string }> {
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  let text = '';
  const data = (): string[] => [...text.matchAll(/^data: (.*)$/gm)].map(([, part]) => part as string);
  while (!data().includes(last)) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`the stream ended after ${text}`);
    text += new TextDecoder().decode(value);
  }
  await reader.cancel();
  return { data: data(), id: [...text.matchAll(/^id: (.*)$/gm)].at(-1)?.[1] ?? '' };
}

/** A way to ask a framework for an answer's tokens, and its end. */
interface Served {
  ask(headers: Record<string, string>, method?: string): Promise<Response>;
  end(): Promise<unknown>;
}

describe.each([
  [
    'Hono',
    async (respond: (request: Request, answer: string) => Promise<Response>): Promise<Served> => {
      const app = new Hono();
      app.get('/answers/:id', (c) => respond(c.req.raw, c.req.param('id')));
      return {
        ask: async (headers, method = 'GET') => app.request('/answers/7', { headers, method }),
        end: async () => undefined,
      };
    },
  ],
  [
    'Fastify',
    async (
      respond: (
        request: { method: string; headers: Record<string, string | string[] | undefined> },
        answer: string,
      ) => Promise<Response>,
    ): Promise<Served> => {
      const app = fastify({ forceCloseConnections: true });
      app.get<{ Params: { id: string } }>('/answers/:id', (request) => respond(request, request.params.id));
      const address = await app.listen({ host: '127.0.0.1', port: 0 });
      return {
        ask: (headers, method = 'GET') => fetch(`${address}/answers/7`, { headers, method }),
        end: () => app.close(),
      };
    },
  ],
] as const)('server-sent events under %s', (name, serve) => {
  it('a page that was cut off reads on from the last id, one that is reloaded from the oldest; nobody is left behind', async () => {
    const driver = createMemoryDriver();
    const pubsub = createPubSub(driver);
    const stream = createEventStream(pubsub, tokens, { from: 'oldest', encode: String });
    const { ask, end } = await serve((request, answer) => stream.respond(request, { answer }));
    try {
      const publish = (token: string) => pubsub.channel(tokens).publish({ answer: '7' }, token);
      await publish('Once');
      await publish('upon');
      const first = await ask({});
      expect([first.status, first.headers.get('content-type')]).toEqual([
        200,
        'text/event-stream; charset=utf-8',
      ]);
      const seen = await readUntil(first, 'upon');
      expect(seen.data).toEqual(['Once', 'upon']);
      await publish('a');
      const resumed = await readUntil(await ask({ 'last-event-id': seen.id }), 'a');
      expect(resumed.data[0]).toBe('a');
      expect((await readUntil(await ask({}), 'a')).data).toEqual(['Once', 'upon', 'a']);
      // Neither gives the body of an answer to HEAD to anybody. Fastify itself fails on any `Response` then.
      expect((await ask({}, 'HEAD')).status).toBe(name === 'Hono' ? 200 : 500);
      while (pubsub.channel(tokens).stats().live.length > 0) await new Promise((turn) => setImmediate(turn));
    } finally {
      await end();
      await pubsub.close();
      await driver.close();
    }
  });
});
