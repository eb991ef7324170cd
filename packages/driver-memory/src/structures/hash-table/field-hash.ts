import { ExpiryIndex } from '../expiry/expiry-index.js';
import { HashTable } from './hash-table.js';

/**
 * A hash: fields with values, each of which may have a deadline of its own. Costs no more than a table while no field has one.
 * A removed field takes its deadline with it; `set` leaves it alone.
 */
export class FieldHash extends HashTable<string> {
  /** Milliseconds since 1970 of the earliest deadline; Infinity when there is none. */
  nextDeadlineMs: number = Number.POSITIVE_INFINITY;
  /** Some field has had a deadline: a server keeps such a hash differently from then on. */
  hasHadDeadlines = false;
  private deadlines: ExpiryIndex | undefined = undefined;

  deadlineOf(field: string): number | undefined {
    return this.deadlines?.deadline(field);
  }

  /** Gives a field that is there a deadline. */
  setDeadline(field: string, deadlineMs: number): void {
    this.deadlines ??= new ExpiryIndex();
    this.hasHadDeadlines = true;
    this.deadlines.set(field, deadlineMs);
    this.noteNext();
  }

  /** Takes a field's deadline; false when it had none. */
  clearDeadline(field: string): boolean {
    if (this.deadlines?.delete(field) !== true) return false;
    this.noteNext();
    return true;
  }

  /** Removes the fields whose deadline is past. */
  removeDue(nowMs: number): void {
    for (let due = this.deadlines?.next(); due !== undefined; due = this.deadlines?.next()) {
      if (due.deadlineMs >= nowMs) return;
      this.delete(due.key);
    }
  }

  /** Moves every deadline by so many milliseconds. */
  shiftDeadlines(byMs: number): void {
    if (byMs === 0 || this.deadlines === undefined) return;
    this.forEachKey((field) => {
      const deadlineMs = this.deadlineOf(field);
      if (deadlineMs !== undefined) this.deadlines?.set(field, deadlineMs + byMs);
    });
    this.noteNext();
  }

  override deleteAt(index: number): void {
    if (this.deadlines !== undefined) this.clearDeadline(this.keyAt(index));
    super.deleteAt(index);
  }

  override clear(): void {
    super.clear();
    this.deadlines = undefined;
    this.nextDeadlineMs = Number.POSITIVE_INFINITY;
  }

  private noteNext(): void {
    this.nextDeadlineMs = this.deadlines?.next()?.deadlineMs ?? Number.POSITIVE_INFINITY;
  }
}
