import { PenknifeError } from './penknife-error.js';

/** The command was sent, and no reply came within the caller's deadline: it may have run, or may still run. */
export class DeadlineError extends PenknifeError {
  readonly kind = 'deadline';
  readonly sent = 'maybe';
  readonly deadlineMs: number;

  constructor(deadlineMs: number) {
    super('DEADLINE', `no reply within the deadline of ${deadlineMs} ms; the command may have run`);
    this.deadlineMs = deadlineMs;
  }
}
