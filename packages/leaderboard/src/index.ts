export type {
  Board,
  FirstValue,
  FriendsOptions,
  PageOptions,
  ReadOptions,
  Sample,
  View,
  ViewRequest,
} from './board.js';
export type { Period, PeriodLength, Weekday } from './calendar/period.js';
export type { Season } from './calendar/resolve-calendar.js';
export { ScoreBoundsError, ServerClockError } from './errors.js';
export type { EventOptions, LeaderboardEvent } from './event-options.js';
export type { Award, Finalized, FinalizeOptions, FinalRow } from './finalize.js';
export { leaderboardKeys } from './keys.js';
export {
  type Boards,
  createLeaderboard,
  type Leaderboard,
  type SplitBy,
  type SubmitOptions,
  type SubmitResult,
} from './leaderboard.js';
export type { Members } from './members.js';
export type { BoardOptions, LeaderboardOptions, Operator } from './options.js';
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
export type { BoardSelection } from './rounds.js';
export type { Friend, Page, Row, Standing } from './rows.js';
export type { BoardOutcome, Placed } from './submission.js';
export type { TiePolicy } from './ties.js';
