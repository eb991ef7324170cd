import type { Driver } from '@penknife/core';
import type { ContractDriverOptions } from '@penknife/testing';
import type { ClientKind, MadeDriver } from './columns/client-kind.js';
import { clientKinds } from './columns/client-kinds.js';
import { addressVariable, type WorldAddress } from './processes/world-address.js';

/**
 * In a module that `MatrixContext.startWorker` runs: a driver of the column's client for the column's servers. Throws in any
 * other process.
 */
export function workerDriver(options: ContractDriverOptions = {}): Driver {
  const text = process.env[addressVariable];
  if (text === undefined) throw new Error(`${addressVariable} is not set: only startWorker() sets it`);
  const { client, way } = JSON.parse(text) as WorldAddress;
  const kind = clientKinds.get(client);
  if (kind === undefined) throw new Error(`the matrix has no client '${client}'`);
  return made(kind, way, options).driver;
}

function made(kind: ClientKind, way: WorldAddress['way'], options: ContractDriverOptions): MadeDriver {
  if ('single' in way) return kind.single(way.single, options);
  if ('cluster' in way) return kind.cluster(way.cluster, options);
  if (kind.watched === undefined) throw new Error(`${kind.name} has no way to a watched primary`);
  return kind.watched(way.watched, options);
}
