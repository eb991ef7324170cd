import { bundleModule } from '@penknife/config/bundle-module';
import { startWorker, type WorkerActs, type WorkerOptions, type WorkerProcess } from '@penknife/testing';
import { addressVariable, type WorldAddress } from './world-address.js';

/** Starts processes that work on a column's servers. */
export type StartMatrixWorker = <Acts extends WorkerActs>(
  module: URL,
  options?: WorkerOptions,
) => Promise<WorkerProcess<Acts>>;

/** A column's workers: `end` kills those that still run. */
export interface MatrixWorkers {
  readonly startWorker: StartMatrixWorker;
  end(): Promise<void>;
}

/** A module is bundled once a test process: what it imports does not change while tests run. */
const bundles = new Map<string, Promise<string>>();

function bundleOf(module: URL): Promise<string> {
  const known = bundles.get(module.href) ?? bundleModule(module);
  bundles.set(module.href, known);
  return known;
}

/** Starts and remembers workers for servers at an address. */
export function matrixWorkers(address: WorldAddress): MatrixWorkers {
  const workers: { kill(): Promise<void> }[] = [];
  return {
    async startWorker<Acts extends WorkerActs>(module: URL, options: WorkerOptions = {}) {
      const env = { ...options.env, [addressVariable]: JSON.stringify(address) };
      const worker = await startWorker<Acts>(await bundleOf(module), { ...options, env });
      workers.push(worker);
      return worker;
    },
    async end() {
      await Promise.all(workers.splice(0).map((worker) => worker.kill()));
    },
  };
}
