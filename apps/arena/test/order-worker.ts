import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { bundleModule } from '@penknife/config/bundle-module';
import type { Backend } from '../src/config.js';
import { environmentOf } from './backend-environment.js';

/** The arena's order worker as a process of its own, on a test's backend; resolves when it consumes. */
export async function startOrderWorker(backend: Backend, name: string): Promise<ChildProcess> {
  if (backend.kind === 'memory') throw new Error('no other process sees the memory driver');
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
