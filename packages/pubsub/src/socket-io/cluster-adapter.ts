import { InvalidArgumentError } from '@penknife/core';

/** What the servers of a cluster tell each other: see `ClusterMessage` of `socket.io-adapter`. */
export interface ClusterMessage {
  readonly uid: string;
  readonly type: number;
  readonly data?: {
    readonly packet?: { readonly type?: number; readonly id?: unknown; data?: unknown[] };
    readonly opts?: {
      readonly rooms: readonly string[];
      readonly except: readonly string[];
      readonly flags?: { readonly volatile?: boolean } | undefined;
    };
    readonly requestId?: string;
  };
}

/** What is needed of the class `ClusterAdapter` of `socket.io-adapter`, which is handed in. */
export interface ClusterAdapterBase<A extends object> {
  readonly prototype: A;
}

/** An adapter as it is behind its type: what is protected there is used here. */
export interface ClusterAdapterInside {
  readonly uid: string;
  readonly nsp: { readonly name: string; readonly server: { readonly opts: ServerOptionsLike } };
  readonly requests: Map<string, OpenRequest>;
  onMessage(message: ClusterMessage, offset?: string): void;
  onResponse(response: ClusterMessage): void;
  emit(event: string, value: unknown): boolean;
}

/** A request to the other servers that waits for their answers. */
export interface OpenRequest {
  readonly type: number;
  readonly current: number;
  readonly responses: unknown[];
  readonly timeout: NodeJS.Timeout;
  expected: number;
  resolve(...outcome: unknown[]): void;
}

/** The options of a socket.io server that matter here. */
export interface ServerOptionsLike {
  readonly connectionStateRecovery?: { readonly maxDisconnectionDuration?: number };
}

/** A class to extend, whose constructor is protected. */
export type ClusterAdapterClass = new (nsp: unknown) => ClusterAdapterInside;

/** Of `MessageType` of `socket.io-adapter`: what is looked at here. */
export const messageTypes = { broadcast: 3, fetchSockets: 7, serverSideEmit: 9, adapterClose: 13 } as const;
/** `PacketType.EVENT` of `socket.io-parser`. */
export const eventPacket = 2;

/** The class to extend; throws `InvalidArgumentError` for anything else. */
export function clusterAdapterClass(given: unknown): ClusterAdapterClass {
  const { prototype } = (given ?? {}) as { prototype?: Partial<ClusterAdapterInside> };
  if (typeof prototype?.onMessage !== 'function' || typeof prototype.onResponse !== 'function') {
    throw new InvalidArgumentError(
      'ClusterAdapter',
      "must be the class of that name of 'socket.io-adapter'",
      given,
    );
  }
  return given as ClusterAdapterClass;
}
