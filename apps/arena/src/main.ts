import { fork } from 'node:child_process';
import { checkServer } from '@penknife/core';
import type { FastifyInstance } from 'fastify';
import { createArena } from './arena.js';
import { readConfig } from './config.js';
import { describeBackend, openBackend } from './open-backend.js';

const config = readConfig(process.env);
const description = describeBackend(config.backend);
const backend = openBackend(config.backend);
const apps = Array.from({ length: config.instances }, (_, i) =>
  createArena({
    driver: backend.driver(),
    instance: String.fromCharCode(65 + i),
    backend: description,
    ...(config.secret !== undefined && { secret: config.secret }),
  }),
);

const workers = Array.from({ length: config.workers }, (_, i) =>
  fork(new URL('./worker.js', import.meta.url), { env: { ...process.env, ARENA_WORKER: `worker ${i + 1}` } }),
);

async function stop(): Promise<void> {
  for (const worker of workers) worker.kill();
  await Promise.all(apps.map((app) => app.close()));
  await backend.close();
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    stop().catch((error: unknown) => {
      console.error(error);
      process.exitCode = 1;
    });
  });
}

const [first, ...others] = apps as [FastifyInstance, ...FastifyInstance[]];
const address = await first.listen({ port: config.port, host: config.host });
console.log(`Penknife arena on ${description}: ${address}`);
for (const worker of workers) console.log(`  a worker for orders: process ${worker.pid}`);
for (const other of others)
  console.log(`  another instance: ${await other.listen({ port: 0, host: config.host })}`);
if (config.backend.kind !== 'memory') {
  const needs = { noEviction: true, persistence: true };
  const warnings = await checkServer(backend.driver(), needs).catch((error: Error) => [error]);
  for (const { message } of warnings) console.log(`  mind the server: ${message}`);
}
