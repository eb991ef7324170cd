import { readFileSync } from 'node:fs';
import type { Driver } from '@penknife/core';
import type { ContractDriverOptions } from '@penknife/testing';

/** A driver made from a client, and the client's own end. */
export interface MadeDriver {
  readonly driver: Driver;
  /** Connects the client itself, which a driver never does. */
  connectClient(): Promise<void>;
  clientAnswers(): Promise<boolean>;
  endClient(): void;
}

/** How a client gets into one server: its plain port, its encrypted port, or its unix socket. */
export type Door =
  | { readonly port: number }
  | { readonly port: number; readonly ca: string }
  | { readonly socketPath: string };

/** A primary as sentinels know it. */
export interface WatchedPrimary {
  readonly name: string;
  readonly sentinelPorts: readonly number[];
}

/** A client library: how to make a driver for a server, for a cluster, and for a primary that sentinels watch. */
export interface ClientKind {
  readonly name: string;
  single(door: Door, options: ContractDriverOptions): MadeDriver;
  cluster(ports: readonly number[], options: ContractDriverOptions): MadeDriver;
  watched(primary: WatchedPrimary, options: ContractDriverOptions): MadeDriver;
}

/** The options that are the driver's own. */
export function driverOptions(options: ContractDriverOptions): { deadlineMs?: number; gateLimit?: number } {
  const { deadlineMs, gateLimit } = options;
  return { ...(deadlineMs !== undefined && { deadlineMs }), ...(gateLimit !== undefined && { gateLimit }) };
}

/** The TLS settings with which either library trusts a server's own certificate and nothing else. */
export function trusting(caFile: string): { readonly ca: Buffer; readonly servername: string } {
  return { ca: readFileSync(caFile), servername: 'localhost' };
}
