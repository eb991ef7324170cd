export type {
  Board,
  FirstValue,
  FriendsOptions,
  Movement,
  PageOptions,
  ReadOptions,
  Sample,
  Snapshot,
  SnapshotOptions,
  View,
  ViewRequest,
} from './board.js';
export type { BoardOptions, Operator } from './board-options.js';
export type { Period, PeriodLength, Weekday } from './calendar/period.js';
export type { Season } from './calendar/resolve-calendar.js';
export { ScoreBoundsError, ServerClockError, UnverifiedScoreError } from './errors.js';
export type { EventOptions, LeaderboardEvent } from './event-options.js';
export type { Award, Failure, Finalized, FinalizeOptions, FinalRow } from './final-result.js';
export { leaderboardKeys } from './keys.js';
export { createLeaderboard, type Leaderboard } from './leaderboard.js';
export type { Members } from './members.js';
export type { LeaderboardOptions } from './options.js';
export type {
  BigColumn,
  Column,
  ColumnOption,
  Direction,
  Score,
  SubmittedScore,
  TimeColumn,
  TimeUnit,
  ValueColumn,
} from './order/column.js';
export type { Outbox, RefusedSubmit, Relayed, RelayTurn } from './outbox/outbox.js';
export { createOutboxRelay, type OutboxRelay, type OutboxRelayOptions } from './outbox/relay.js';
export type { BoardSelection } from './rounds.js';
export type { Friend, Page, Row, Standing } from './rows.js';
export type { SubmitResult } from './submit/create-submit.js';
export type { BoardOutcome, Placed } from './submit/outcomes.js';
export type { Boards, SplitBy, SubmitOptions } from './submit/submit-request.js';
export type { ScoreClaim, Verify } from './submit/verify.js';
export type { TiePolicy } from './ties.js';
