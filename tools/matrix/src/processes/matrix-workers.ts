import { bundleModule } from '@penknife/config/bundle-module';
import { startWorker, type WorkerActs, type WorkerOptions, type WorkerProcess } from '@penknife/testing';
import { addressVariable, type WorldAddress } from './world-address.js';

/** How a worker of a column is started. */
export interface MatrixWorkerOptions extends WorkerOptions {
  /** A port to connect to instead of the server's: a fault proxy's. Where there is one server, over TCP. */
  readonly through?: number;
}

/** Starts processes that work on a column's servers. */
export type StartMatrixWorker = <Acts extends WorkerActs>(
  module: URL,
  options?: MatrixWorkerOptions,
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

function addressThrough(address: WorldAddress, port: number): WorldAddress {
  const { way } = address;
  if (!('single' in way) || !('port' in way.single))
    throw new Error('only one server has one port to stand for');
  return { ...address, way: { single: { ...way.single, port } } };
}

/** Starts and remembers workers for servers at an address. */
export function matrixWorkers(address: WorldAddress): MatrixWorkers {
  const workers: { kill(): Promise<void> }[] = [];
  return {
    async startWorker<Acts extends WorkerActs>(module: URL, given: MatrixWorkerOptions = {}) {
      const { through, ...options } = given;
      const way = through === undefined ? address : addressThrough(address, through);
      const env = { ...options.env, [addressVariable]: JSON.stringify(way) };
      const worker = await startWorker<Acts>(await bundleOf(module), { ...options, env });
      workers.push(worker);
      return worker;
    },
    async end() {
      await Promise.all(workers.splice(0).map((worker) => worker.kill()));
    },
  };
}
