import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { ClusterMember } from '../cluster-topology.js';
import type { ServerAddress } from '../server-node.js';
import type { StartClusterOptions } from '../start-cluster.js';
import type { StartSentinelOptions } from '../start-sentinel.js';
import type { StartServerOptions } from '../start-server.js';

/** Where the broker listens: a port of 127.0.0.1. */
export interface BrokerAddress {
  readonly port: number;
}

/** What can be leased, each with the options of its start function. */
export type LeaseRequest =
  | { readonly kind: 'server'; readonly options: StartServerOptions }
  | { readonly kind: 'cluster'; readonly options: StartClusterOptions }
  | { readonly kind: 'sentinel'; readonly options: StartSentinelOptions };

/** One server of a leased fleet, as it travels to the lessee. */
export interface NodeDescription extends ServerAddress {
  readonly pid: number;
  readonly role: 'server' | 'primary' | 'replica' | 'sentinel';
  readonly member?: ClusterMember;
}

/** A leased fleet, as it travels to the lessee. */
export interface FleetDescription {
  readonly nodes: readonly NodeDescription[];
  readonly primaryName?: string;
}

/** What a lessee may ask to be done to one of its servers. */
export type ControlAction = 'kill' | 'pause' | 'resume' | 'restart';

/** A question to the broker. One connection holds at most one lease; closing gives it back too. */
export type BrokerCall =
  | { readonly method: 'lease'; readonly request: LeaseRequest }
  | { readonly method: 'control'; readonly node: number; readonly action: ControlAction }
  | { readonly method: 'release' }
  | { readonly method: 'note'; readonly line: string };

/** An answer: `missing` marks the error "no server program found". */
export type BrokerAnswer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string; readonly missing: boolean };

/** Reads newline-separated JSON from a socket. */
export function onMessages<T>(socket: Socket, listener: (message: T) => void): void {
  createInterface({ input: socket }).on('line', (line) => listener(JSON.parse(line) as T));
}

/** Writes one message as a line of JSON. */
export function writeMessage(socket: Socket, message: object): void {
  socket.write(`${JSON.stringify(message)}\n`);
}
