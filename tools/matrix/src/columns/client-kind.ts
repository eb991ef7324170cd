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

/** A client library: how to make a driver for one server or for a cluster. One entry per library and major. */
export interface ClientKind {
  readonly name: string;
  single(port: number, options: ContractDriverOptions): MadeDriver;
  cluster(ports: readonly number[], options: ContractDriverOptions): MadeDriver;
}

/** The options that are the driver's own. */
export function driverOptions(options: ContractDriverOptions): { deadlineMs?: number; gateLimit?: number } {
  const { deadlineMs, gateLimit } = options;
  return { ...(deadlineMs !== undefined && { deadlineMs }), ...(gateLimit !== undefined && { gateLimit }) };
}
