import type { Driver } from '@penknife/core';
import type { FastifyInstance } from 'fastify';
import { createArena } from '../src/arena.js';
import type { Backend } from '../src/config.js';
import { describeBackend, openBackend } from '../src/open-backend.js';
import type { TestBackend } from './backends.js';

/** Instances of the service on one backend, for one test. */
export interface RunningArena {
  /** By instance: A first. */
  readonly apps: readonly FastifyInstance[];
  readonly addresses: readonly string[];
  /**
   * As far as the others can see, ends the process of an instance: its connections are gone, and it gives nothing back. Its
   * pages are still served.
   */
  kill(instance: number): Promise<void>;
  /** Where its state is. */
  readonly backend: Backend;
  end(): Promise<void>;
}

/** Starts `count` instances, each with connections of its own. */
export async function arenaOn(open: () => Promise<TestBackend>, count: number): Promise<RunningArena> {
  const { backend, end } = await open();
  const store = openBackend(backend);
  const apps: FastifyInstance[] = [];
  const addresses: string[] = [];
  const drivers: Driver[] = [];
  for (let i = 0; i < count; i++) {
    const instance = String.fromCharCode(65 + i);
    const driver = store.driver();
    drivers.push(driver);
    const app = createArena({ driver, instance, backend: describeBackend(backend) });
    apps.push(app);
    addresses.push(await app.listen({ port: 0, host: '127.0.0.1' }));
  }
  return {
    apps,
    addresses,
    kill: async (instance) => drivers[instance]?.close(),
    backend,
    async end() {
      await Promise.all(apps.map((app) => app.close()));
      await store.close();
      await end();
    },
  };
}
