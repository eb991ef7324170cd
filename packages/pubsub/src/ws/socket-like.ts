/** What the bridge needs of a socket: the server's side of one of `ws`, or anything alike. */
export interface SocketLike {
  /** 1: open, 3: closed. */
  readonly readyState: number;
  /** Bytes that were given to `send` and are not with the kernel yet. */
  readonly bufferedAmount: number;
  send(data: Uint8Array, options: { readonly binary: boolean }, sent: (error?: Error | null) => void): void;
  ping(): void;
  close(code: number, reason: string): void;
  /** Drops the connection at once. */
  terminate(): void;
  on(event: 'message', listener: (data: unknown, isBinary: boolean) => void): unknown;
  on(event: 'pong' | 'close', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** The `readyState` of an open socket. */
export const isOpen = 1;

/** The `readyState` of one that is closed: no event follows. */
export const isClosed = 3;

/** Why the bridge closes sockets, by the registry of RFC 6455. */
export const closeCodes = {
  goingAway: 1001,
  againstTheRules: 1008,
  tooSlow: 1013,
} as const;
