import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { bundleModule } from '@penknife/config/bundle-module';
import type { Backend } from '../src/config.js';

/** The arena's order worker as a process of its own, on a test's backend; resolves when it consumes. */
export async function startOrderWorker(backend: Backend, name: string): Promise<ChildProcess> {
  const bundle = await bundleModule(new URL('../src/worker.ts', import.meta.url));
  const worker = fork(bundle, { env: { ...process.env, ...environmentOf(backend), ARENA_WORKER: name } });
  await Promise.race([
    once(worker, 'message'),
    once(worker, 'exit').then(([code]) => {
      throw new Error(`the worker ended with ${code}`);
    }),
  ]);
  return worker;
}

function environmentOf(backend: Backend): Record<string, string> {
  if (backend.kind === 'memory') throw new Error('no other process sees the memory driver');
  if (backend.kind === 'server') return { PENKNIFE_CLIENT: backend.client, REDIS_URL: backend.url };
  const nodes = backend.nodes.map(({ host, port }) => `${host}:${port}`);
  return { PENKNIFE_CLIENT: backend.client, REDIS_CLUSTER: nodes.join(',') };
}
