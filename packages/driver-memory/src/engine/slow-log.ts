/** One slow command. */
export interface SlowEntry {
  readonly id: number;
  readonly atSeconds: number;
  readonly microseconds: number;
  readonly args: readonly string[];
  readonly address: string;
  readonly name: string;
}

const shownArguments = 32;
const shownBytes = 128;

/** The last commands that took longer than `slowlog-log-slower-than`, newest first. */
export class SlowLog {
  entries: SlowEntry[] = [];
  #nextId = 0;

  add(entry: Omit<SlowEntry, 'id'>, limit: number): void {
    this.entries.unshift({ ...entry, args: shorten(entry.args), id: this.#nextId++ });
    if (this.entries.length > limit) this.entries.length = limit;
  }
}

function shorten(args: readonly string[]): string[] {
  const count = args.length > shownArguments ? shownArguments - 1 : args.length;
  const shown = args.slice(0, count).map((arg) => {
    const more = arg.length - shownBytes;
    return more > 0 ? `${arg.slice(0, shownBytes)}... (${more} more bytes)` : arg;
  });
  if (count < args.length) shown.push(`... (${args.length - count} more arguments)`);
  return shown;
}
