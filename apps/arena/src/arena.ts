import { type Driver, isPenknifeError } from '@penknife/core';
import Fastify, { type FastifyInstance } from 'fastify';
import { features } from './features/features.js';
import { registerPage } from './page/page.js';

/** What one instance of the service is made of. */
export interface ArenaParts {
  readonly driver: Driver;
  /** Its name among the instances. */
  readonly instance: string;
  /** The backend in words, for the page. */
  readonly backend: string;
}

/** Builds one instance of the service. Closing the returned app ends its features, never the driver it was given. */
export function createArena({ driver, instance, backend }: ArenaParts): FastifyInstance {
  const app = Fastify({ forceCloseConnections: true });
  const ends = features.map((feature) => feature.register({ app, driver, instance }));
  app.addHook('onClose', async () => {
    for (const end of ends) await end?.();
  });
  app.setErrorHandler((error, _request, reply) => {
    // The store being away is not the visitor's fault, and its details are not the visitor's business.
    if (isPenknifeError(error)) return reply.code(503).header('retry-after', 1).send({ error: error.code });
    return reply.send(error);
  });
  registerPage(app, features, `${backend}, instance ${instance}`);
  return app;
}
