import { type CallOptions, InvalidArgumentError } from '@penknife/core';
import type { BoardOptions, ResolvedBoard } from '../board-options.js';
import { checkMember } from '../member.js';
import type { ResolvedOptions } from '../options.js';
import type { Column, SubmittedScore } from '../order/column.js';
import type { Values } from '../order/layout.js';
import { checkInstant, checkPart } from '../rounds.js';
import { checkPolicy, type TiePolicy } from '../ties.js';
import type { SubmitTarget } from './submit-args.js';

/** The boards of a leaderboard, as they were declared. */
export type Boards = Readonly<Record<string, BoardOptions>>;

/** What boards are split by. */
export type SplitBy<B extends Boards> = Extract<B[keyof B], { readonly by: string }>['by'];

/** The parts a submit names. */
export type Parts = Readonly<Partial<Record<string, string>>>;

/** What a submit may say. */
export interface SubmitOptions<B extends Boards, M> extends CallOptions {
  /** The member's part in boards that are split: `{ country: 'de' }`. A board whose split is not named is left alone. */
  readonly in?: Readonly<Partial<Record<SplitBy<B>, string>>>;
  /**
   * Names this submit, for example by the match: what is submitted again for the member under the same key is not counted
   * again, and gets the first answer, whatever else it says; over shards the other shards are counted as they are by then. Where
   * the boards are others by then (as they are declared: orders, operators, periods, windows, parts) it is refused with
   * `InvalidArgumentError`. Remembered for a day by default (`remember`).
   */
  readonly key?: string;
  /** When it happened, ms since 1970: chooses the period and fills time columns. Never later than the server's now. */
  readonly occurredAt?: number;
  /** Replaces the member's metadata on the boards of this submit. */
  readonly metadata?: M;
  /** Names so many of those the member passed, 0 to 100, and tells its places. Default: neither is looked at. */
  readonly passed?: number;
  /** Of the ranks in the answer. Default: the leaderboard's. */
  readonly ties?: TiePolicy;
  /** Shown to the leaderboard's `verify`, and stored nowhere. */
  readonly proof?: string;
}

/** A submit that was checked. */
export interface SubmitRequest {
  readonly member: string;
  readonly values: Values;
  readonly targets: readonly SubmitTarget[];
  readonly key: string | undefined;
  readonly occurredAt: number | undefined;
  readonly metadata: string | Uint8Array | undefined;
  readonly passed: number | undefined;
  readonly ties: TiePolicy;
}

const longestKey = 200;
const longestMetadata = 4096;

/** Checks a submit; throws `InvalidArgumentError`. */
export function checkRequest<B extends Boards, M>(
  resolved: ResolvedOptions<M>,
  member: string,
  score: SubmittedScore<readonly Column[]>,
  options: SubmitOptions<B, M>,
): SubmitRequest {
  const { in: parts, key, occurredAt, metadata, passed, ties = resolved.ties } = options;
  checkMember(member);
  const targets = targetsOf(resolved.boards, parts);
  for (const { board } of targets) checkPolicy(ties, board.dense, board.name);
  if (occurredAt !== undefined) checkInstant('occurredAt', occurredAt);
  if (metadata !== undefined && resolved.metadata === undefined) {
    throw new InvalidArgumentError('metadata', 'must not be given: the leaderboard has none', metadata);
  }
  if (passed !== undefined && (!Number.isSafeInteger(passed) || passed < 0 || passed > 100)) {
    throw new InvalidArgumentError('passed', 'must be a whole number from 0 to 100', passed);
  }
  if (key !== undefined) checkKey(key);
  const encoded = metadata === undefined ? undefined : resolved.metadata?.encode(metadata);
  return {
    member,
    values: checkColumns(resolved, score),
    targets,
    key,
    occurredAt,
    metadata: encoded === undefined ? undefined : checkMetadata(encoded),
    passed,
    ties,
  };
}

/** The boards that a submit reaches, with their parts. */
export function targetsOf(boards: readonly ResolvedBoard[], parts: Parts = {}): readonly SubmitTarget[] {
  for (const split in parts) {
    if (boards.some(({ by }) => by === split)) continue;
    throw new InvalidArgumentError(`in.${split}`, 'must be what a board is split by', parts[split]);
  }
  const targets: SubmitTarget[] = [];
  for (const board of boards) {
    const part = board.by === undefined ? undefined : parts[board.by];
    if (board.by !== undefined && part === undefined) continue;
    checkPart(board, part);
    targets.push({ board, part });
  }
  if (targets.length === 0) throw new InvalidArgumentError('in', 'must name a part of some board', parts);
  return targets;
}

function checkColumns<M>({ valueNames }: ResolvedOptions<M>, score: object): Values {
  const given = typeof score === 'object' && score !== null ? Object.keys(score) : [];
  if (given.length !== valueNames.length || !valueNames.every((column) => given.includes(column))) {
    throw new InvalidArgumentError(
      'score',
      `must have exactly these columns: ${valueNames.join(', ')}`,
      score,
    );
  }
  return score as Values;
}

function checkMetadata(encoded: string | Uint8Array): string | Uint8Array {
  const bytes = typeof encoded === 'string' ? Buffer.byteLength(encoded) : encoded.byteLength;
  if (bytes > longestMetadata) {
    throw new InvalidArgumentError(
      'metadata',
      `must be at most ${longestMetadata} bytes once encoded`,
      encoded,
    );
  }
  return encoded;
}

/** Lone surrogates are one and the same in UTF-8: two keys would be one. */
function checkKey(key: string): void {
  if (typeof key !== 'string' || key.length < 1 || key.length > longestKey || /\p{Surrogate}/u.test(key)) {
    throw new InvalidArgumentError('key', `must be well-formed text of 1 to ${longestKey} characters`, key);
  }
}
