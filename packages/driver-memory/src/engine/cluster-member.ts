import type { CommandError } from './reply.js';

/** One command as slots are judged by. */
export interface SlotCall {
  readonly keys: readonly string[];
  /** Its keys are shard channels: they need not be there. */
  readonly channels: boolean;
}

/** A node of a cluster as it is told of. */
export interface ClusterNodeFacts {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  /** The primary it follows; undefined for a primary. */
  readonly primaryId: string | undefined;
  readonly isReachable: boolean;
  /** The runs of slots it serves. */
  readonly ranges: readonly (readonly [from: number, to: number])[];
  /** Slots on their way from here, and to here, each with the other node. */
  readonly migrating: readonly (readonly [slot: number, nodeId: string])[];
  readonly importing: readonly (readonly [slot: number, nodeId: string])[];
}

/** How CLUSTER SETSLOT changes a slot. */
export type SlotOrder = 'migrating' | 'importing' | 'node' | 'stable';

/** What an engine knows of the cluster it is a node of. */
export interface ClusterMember {
  readonly id: string;
  /** Why this node does not run these calls (of one command, or of a transaction); undefined: it does. */
  judge(calls: readonly SlotCall[], asking: boolean): CommandError | undefined;
  /** A message for all channels of the cluster, but for this node's. */
  publishElsewhere(channel: string, message: string): void;
  /** Every node, those of one shard after another. */
  nodes(): readonly ClusterNodeFacts[];
  /** Takes slots, or lets go of them. Throws the server's error. */
  assign(slots: readonly number[], taken: boolean): void;
  /** CLUSTER SETSLOT. Throws the server's error. */
  order(slot: number, order: SlotOrder, nodeId: string | undefined): void;
}
