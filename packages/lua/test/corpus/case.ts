import type { HostReply } from '../../src/index.js';

/** One script and what a real Redis 7.0.15 answers to `EVAL script <keys> <argv>`; byte strings throughout. */
export interface CorpusCase {
  readonly script: string;
  readonly keys: readonly string[];
  readonly argv: readonly string[];
  readonly expected: HostReply;
}
