import type { Reply } from './reply.js';

/** One whose commands are written down. */
export interface JournaledClient {
  readonly db: { readonly index: number };
  /** False within a transaction or a script. */
  readonly mayBlock: boolean;
}

/** Where an engine writes down what changes its data, so that it can be done again. */
export interface Journal {
  /** A command changed something; `reply` is what it answered. */
  ran(client: JournaledClient, args: readonly string[], reply: Reply): void;
  /** A command that had waited was served from this key. */
  served(client: Pick<JournaledClient, 'db'>, args: readonly string[], key: string): void;
  /** Makes it as short as the data allows. False when that failed: then it is as it was. */
  rewrite(): boolean;
  /** Whether the last rewriting failed. */
  hasRewriteFailed: boolean;
}
