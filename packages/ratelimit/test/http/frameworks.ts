import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { expressRateLimit } from '../../src/express.js';
import { fastifyRateLimit } from '../../src/fastify.js';
import { honoRateLimit } from '../../src/hono.js';
import type { RequestLimitOptions } from '../../src/http/request-limit.js';
import { webRateLimit } from '../../src/web.js';

/** A service that answers `ok`, or what `work` gives, within its limits. */
export interface Service {
  readonly url: string;
  /** How many clients are connected. */
  connections(): Promise<number>;
  close(): Promise<void>;
}

/** Options as they are for every framework. */
export type AnyOptions = Omit<RequestLimitOptions<never>, 'key' | 'skip' | 'cost' | 'policy'> & {
  readonly byHeader?: string;
};

type Work = () => Promise<string>;

function serving(server: Server, end?: () => Promise<unknown>): Promise<Service> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      resolve({
        url: `http://127.0.0.1:${port}/`,
        connections: () => connectionsOf(server),
        close: async () => {
          server.closeAllConnections();
          await new Promise((closed) => server.close(closed));
          await end?.();
        },
      });
    });
  });
}

function connectionsOf(server: Server): Promise<number> {
  return new Promise((resolve, reject) =>
    server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
  );
}

/** Each framework with the same service. */
export const frameworks: readonly (readonly [
  name: string,
  start: (options: AnyOptions, work: Work) => Promise<Service>,
])[] = [
  [
    'express 5',
    ({ byHeader, ...options }, work) => {
      const app = express();
      const key = (request: express.Request) => String(request.headers[byHeader ?? '']);
      app.use(expressRateLimit<express.Request>({ ...options, ...(byHeader !== undefined && { key }) }));
      app.get('/', async (_request, response) => {
        response.send(await work());
      });
      app.use(
        (
          error: { code?: string },
          _request: express.Request,
          response: express.Response,
          _next: express.NextFunction,
        ) => {
          response.status(500).send(error.code);
        },
      );
      return serving(createServer(app));
    },
  ],
  [
    'fastify 5',
    async ({ byHeader, ...options }, work) => {
      const app = fastify();
      const key = (request: { headers: Readonly<Record<string, unknown>> }) =>
        String(request.headers[byHeader ?? '']);
      await app.register(fastifyRateLimit({ ...options, ...(byHeader !== undefined && { key }) }).plugin);
      app.get('/', () => work());
      const url = await app.listen({ port: 0, host: '127.0.0.1' });
      return { url: `${url}/`, connections: () => connectionsOf(app.server), close: () => app.close() };
    },
  ],
  [
    'hono 4',
    ({ byHeader, ...options }, work) => {
      const app = new Hono();
      const key = (context: { req: { header(name: string): string | undefined } }) =>
        String(context.req.header(byHeader ?? ''));
      app.use(honoRateLimit({ ...options, ...(byHeader !== undefined && { key }) }));
      app.onError((error, context) => context.text((error as { code?: string }).code ?? '', 500));
      app.get('/', async (context) => context.text(await work()));
      return serving(createServer(getRequestListener(app.fetch)));
    },
  ],
  [
    'web',
    ({ byHeader, ...options }, work) => {
      const key = (request: Request) => String(request.headers.get(byHeader ?? ''));
      const limits = webRateLimit({ ...options, ...(byHeader !== undefined && { key }) });
      const listener = getRequestListener((request, env) => {
        const address = env.incoming.socket.remoteAddress;
        return limits
          .handle(request, async () => new Response(await work()), address === undefined ? {} : { address })
          .catch((error: { code?: string }) => new Response(error.code ?? '', { status: 500 }));
      });
      return serving(createServer(listener));
    },
  ],
];
