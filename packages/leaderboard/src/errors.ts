import { PenknifeError } from '@penknife/core';

/** A sum would have left the bounds of its column. Nothing was written, on no board of the submit. */
export class ScoreBoundsError extends PenknifeError {
  readonly kind = 'score-bounds';
  readonly board: string;
  readonly column: string;

  constructor(board: string, column: string, low: string, high: string) {
    super(
      'SCORE_BOUNDS',
      `the sum of ${column} on board '${board}' must stay within ${low} and ${high}; nothing was written`,
    );
    this.board = board;
    this.column = column;
  }
}

/** The server's clock left every period that was offered to it, three times in a row: it jumps, or this process stands still in between. Nothing was done. */
export class ServerClockError extends PenknifeError {
  readonly kind = 'server-clock';

  constructor(attempts: number) {
    super(
      'SERVER_CLOCK',
      `the server's clock was in none of the offered periods, ${attempts} times in a row`,
    );
  }
}

/** A score whose proof `verify` did not take. Nothing was sent. */
export class UnverifiedScoreError extends PenknifeError {
  readonly kind = 'unverified-score';
  readonly member: string;

  constructor(member: string) {
    super('UNVERIFIED_SCORE', `the score of '${member}' was not verified; nothing was sent`);
    this.member = member;
  }
}
