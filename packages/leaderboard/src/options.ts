import {
  type Codec,
  checkCall,
  checkCodec,
  checkObject,
  type Duration,
  defaultNamespace,
  durationMs,
  InvalidArgumentError,
} from '@penknife/core';
import {
  type BoardOptions,
  checkFlag,
  checkOwnName,
  type Operator,
  type ResolvedBoard,
  resolveBoard,
} from './board-options.js';
import { type EventOptions, type ResolvedEvents, resolveEvents } from './event-options.js';
import { leaderboardKeys, type RoundHome } from './keys.js';
import type { Column } from './order/column.js';
import { layOut } from './order/lay-out.js';
import type { Layout } from './order/layout.js';
import { type ResolvedColumn, resolveOrder } from './order/resolve-order.js';
import type { Verify } from './submit/verify.js';
import { checkPolicy, type TiePolicy } from './ties.js';

/** How a leaderboard is made. */
export interface LeaderboardOptions<
  O extends readonly Column[],
  B extends Readonly<Record<string, BoardOptions>>,
  M,
> {
  /** Names the leaderboard in keys and traces; leaderboards of one name and order share their boards. */
  readonly name: string;
  /** Columns, the most important first: `[{ points: 'desc', max: 1e6 }, { at: 'asc', unit: 's' }]`. */
  readonly order: O;
  /** Default `'best'`. */
  readonly operator?: Operator;
  /** The boards by name. Default: one, `all`. */
  readonly boards?: B;
  /** Default `'UTC'`. */
  readonly zone?: string;
  /**
   * How places are kept. `'auto'`, the default: packed into 53 bits where all boards fit, else lexicographic, which is exact
   * for any columns and takes some 80 bytes a member more. `'packed'` refuses an order that does not fit.
   */
  readonly layout?: 'auto' | Layout['kind'];
  /** How equals share a rank where a call does not say. Default `'ordinal'`. */
  readonly ties?: TiePolicy;
  /** Lets members have metadata, kept beside each board and read with it. Default: none. */
  readonly metadata?: Codec<M>;
  /** Lets members be banned: one more command a submit, and one a board of it. Default false. */
  readonly bans?: boolean;
  /** Takes what submits bring about: new leaders, entries into the top, who was passed, ranks gained. Default: nobody. */
  readonly events?: EventOptions;
  /**
   * Spreads the members over so many slots, 2 to 64, for boards beyond one server's memory or core. A submit is one command on
   * the member's shard; reads ask all shards at once and merge, each shard exact at its own instant. Another number starts new
   * boards. Without `dense`, `size`, `history`, `snapshots`, `apart` and `events`, which need the board in one place. Default: one slot.
   */
  readonly shards?: number;
  /** How long a submit's key is remembered. Default `'1d'`. */
  readonly remember?: Duration;
  /** First part of every key. Default `'pk'`. */
  readonly namespace?: string;
  /**
   * Asked of every submit, before anything is sent, whether the score is to be believed: for scores that come through hands
   * that are not yours. Default: every score is believed.
   */
  readonly verify?: Verify<O>;
  /** How long one command may take, in ms. Default: the driver's. */
  readonly deadlineMs?: number;
}

/** Options with everything decided. */
export interface ResolvedOptions<M> {
  readonly name: string;
  readonly columns: readonly ResolvedColumn[];
  /** The columns that are submitted. */
  readonly valueNames: readonly string[];
  readonly boards: readonly ResolvedBoard[];
  /** Undefined: one slot. */
  readonly shards: number | undefined;
  /** The layout of all boards. */
  readonly kind: Layout['kind'];
  readonly home: RoundHome;
  readonly ties: TiePolicy;
  readonly metadata: Codec<M> | undefined;
  readonly events: ResolvedEvents | undefined;
  readonly rememberMs: number;
  readonly deadlineMs: number | undefined;
}

const mostBoards = 32;

/** Resolves the options once; throws `InvalidArgumentError`. */
export function resolveOptions<M>(
  options: LeaderboardOptions<readonly Column[], Readonly<Record<string, BoardOptions>>, M>,
): ResolvedOptions<M> {
  checkObject('options', options);
  const { name, operator = 'best', boards = { all: {} }, zone = 'UTC', ties = 'ordinal' } = options;
  checkOwnName('name', name);
  const columns = resolveOrder(options.order);
  checkObject('boards', boards);
  const entries = Object.entries(boards);
  for (const [board, each] of entries) checkObject(`boards.${board}`, each);
  if (entries.length < 1 || entries.length > mostBoards) {
    throw new InvalidArgumentError('boards', `must be 1 to ${mostBoards} boards`, Object.keys(boards));
  }
  const checked = entries.map(([board, each]) => resolveBoard(board, { operator, zone, ...each }, columns));
  for (const { name, dense } of checked) checkPolicy(ties, dense, name);
  const { bans = false, deadlineMs } = options;
  checkFlag('bans', bans);
  checkCall(deadlineMs === undefined ? {} : { deadlineMs });
  if (bans) {
    const far = checked.find(({ apart }) => apart);
    if (far) throw new InvalidArgumentError('bans', `must not be given with a board apart`, far.name);
  }
  if (options.metadata !== undefined) checkCodec('metadata', options.metadata);
  const { kind, boards: resolved } = layOut(columns, checked, options.layout ?? 'auto');
  return {
    name,
    columns,
    valueNames: columns.filter(({ kind }) => kind === 'value').map((column) => column.name),
    boards: resolved,
    shards: options.shards === undefined ? undefined : checkShards(options.shards, checked, options.events),
    kind,
    home: {
      name,
      tag: name,
      keys: leaderboardKeys.in(options.namespace ?? defaultNamespace),
      described: options.metadata !== undefined,
      bans,
    },
    ties,
    metadata: options.metadata,
    events: options.events && resolveEvents(options.events),
    rememberMs: durationMs(options.remember ?? '1d', 'remember', { minMs: 1000 }),
    deadlineMs,
  };
}

/** Refuses what a board in several places cannot keep. */
function checkShards(
  shards: number,
  boards: readonly Omit<ResolvedBoard, 'layout'>[],
  events: EventOptions | undefined,
): number {
  if (!Number.isSafeInteger(shards) || shards < 2 || shards > 64) {
    throw new InvalidArgumentError('shards', 'must be a whole number from 2 to 64', shards);
  }
  const rule = 'must not be given where members are spread over shards';
  if (events !== undefined) throw new InvalidArgumentError('events', rule, shards);
  for (const { name, dense, size, history, snapshots, apart } of boards) {
    const whole = {
      dense,
      size: size > 0,
      history: history !== undefined,
      snapshots: snapshots !== undefined,
      apart,
    };
    for (const [option, isGiven] of Object.entries(whole)) {
      if (isGiven) throw new InvalidArgumentError(`boards.${name}.${option}`, rule, shards);
    }
  }
  return shards;
}
