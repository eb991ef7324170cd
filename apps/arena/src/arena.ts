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
  /** Signs the cookies of sessions; the same for all instances, at least 32 bytes. Default: one for trying out. */
  readonly secret?: string;
}

/** Known to everybody who has read this: a service that is reached by others must be given its own. */
const secretForTryingOut = 'penknife arena: not a secret, for trying out only';

/** The status that an error names for itself. */
function statusOf(error: object): number | null {
  return 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : null;
}

/** Builds one instance of the service. Closing the returned app ends its features, never the driver it was given. */
export function createArena({
  driver,
  instance,
  backend,
  secret = secretForTryingOut,
}: ArenaParts): FastifyInstance {
  const app = Fastify({ forceCloseConnections: true });
  const ends = features.map((feature) => feature.register({ app, driver, instance, secret }));
  app.addHook('onClose', async () => {
    for (const end of ends) await end?.();
  });
  app.setErrorHandler((error, _request, reply) => {
    if (!isPenknifeError(error)) return reply.send(error);
    const status = statusOf(error) ?? 503;
    if (status !== 503) return reply.code(status).send({ error: error.message });
    // The store being away is not the visitor's fault, and its details are not the visitor's business.
    return reply.code(503).header('retry-after', 1).send({ error: error.code });
  });
  registerPage(app, features, `${backend}, instance ${instance}`);
  return app;
}
