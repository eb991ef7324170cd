import type { Reply } from './reply.js';

/** One whose commands are written down. */
export interface JournaledClient {
  readonly db: { readonly index: number };
}

/** Where an engine writes down what changes its data, so that it can be done again. */
export interface Journal {
  /** A command changed something; `reply` is what it answered. */
  ran(client: JournaledClient, args: readonly string[], reply: Reply): void;
  /** A command that had waited was served from this key. */
  served(client: JournaledClient, args: readonly string[], key: string): void;
  /** A command changed something and then failed by a defect: what it changed cannot be told. */
  lost(error: unknown): void;
  /** What a client sent, a script or a transaction as a whole, was run to its end. */
  commandDone(): void;
  /** Makes it as short as the data allows. False when that failed: then it is as it was. */
  rewrite(): boolean;
  /** Whether the last rewriting failed. */
  hasRewriteFailed: boolean;
}
