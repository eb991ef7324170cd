import type { Operator, TiePolicy } from '../src/index.js';

/** A column as the model has it; scores are in units of the last decimal. */
export interface ModelColumn {
  readonly name: string;
  readonly direction: 'asc' | 'desc';
  readonly time?: true;
  /** How long one tick of a time column is. Default 1000. */
  readonly tickMs?: number;
  /** Its values are bigints. */
  readonly big?: true;
  /** Decimals of a value column. */
  readonly decimals?: number;
}

export interface ModelRow {
  readonly member: string;
  readonly tuple: readonly bigint[];
}

/** A board as a plain array of tuples, sorted anew for every question. It knows nothing of scores in doubles. */
export class BoardModel {
  readonly #columns: readonly ModelColumn[];
  readonly #operator: Operator;
  readonly #tuples = new Map<string, readonly bigint[]>();

  constructor(columns: readonly ModelColumn[], operator: Operator) {
    this.#columns = columns;
    this.#operator = operator;
  }

  /** `values` has one entry a column; that of a time column is the tick it happened in. */
  submit(member: string, values: readonly bigint[]): void {
    const old = this.#tuples.get(member);
    const at = (i: number): bigint => values[i] as bigint;
    if (old === undefined) return void this.#tuples.set(member, values);
    const time = this.#columns.findIndex((column) => column.time);
    if (this.#operator === 'last') {
      if (at(time) >= (old[time] as bigint)) this.#tuples.set(member, values);
      return;
    }
    const next = this.#columns.map((column, i) =>
      this.#operator === 'sum' && !column.time ? (old[i] as bigint) + at(i) : at(i),
    );
    const plain = (tuple: readonly bigint[]): bigint[] =>
      tuple.filter((_, i) => this.#columns[i]?.time !== true);
    const order = this.#compare(
      plain(next),
      plain(old),
      this.#columns.filter((column) => !column.time),
    );
    if (order === 0 || (this.#operator === 'best' && order > 0)) return;
    this.#tuples.set(member, next);
  }

  remove(member: string): boolean {
    return this.#tuples.delete(member);
  }

  /** Keeps the best. */
  trim(size: number): void {
    for (const { member } of this.rows().slice(size)) this.#tuples.delete(member);
  }

  /** Best first; equals by the bytes of their names. */
  rows(): readonly ModelRow[] {
    return [...this.#tuples]
      .map(([member, tuple]) => ({ member, tuple }))
      .sort((a, b) => this.#compare(a.tuple, b.tuple, this.#columns) || bytesOrder(a.member, b.member));
  }

  /** The rank as each policy defines it, by counting. */
  rank(member: string, policy: TiePolicy, among: readonly ModelRow[] = this.rows()): number {
    const mine = this.#shared(this.#tuples.get(member) as readonly bigint[]);
    const others = among.map(({ tuple }) => this.#shared(tuple));
    const columns = this.#columns.slice(0, mine.length);
    const better = others.filter((tuple) => this.#compare(tuple, mine, columns) < 0);
    const equal = others.filter((tuple) => this.#compare(tuple, mine, columns) === 0);
    if (policy === 'ordinal') return among.findIndex((row) => row.member === member) + 1;
    if (policy === 'competition') return better.length + 1;
    if (policy === 'modified') return better.length + equal.length;
    return new Set(better.map((tuple) => tuple.join())).size + 1;
  }

  percentile(member: string): number {
    const total = this.#tuples.size;
    return (100 * (total - this.rank(member, 'competition') + 1)) / total;
  }

  has(member: string): boolean {
    return this.#tuples.has(member);
  }

  score({ tuple }: ModelRow): Readonly<Record<string, number | bigint>> {
    return Object.fromEntries(
      this.#columns.map((column, i) => [column.name, columnValue(column, tuple[i] as bigint)]),
    );
  }

  /** The columns that separate ranks: all but a time column at the end. */
  #shared(tuple: readonly bigint[]): readonly bigint[] {
    return this.#columns.at(-1)?.time ? tuple.slice(0, -1) : tuple;
  }

  #compare(left: readonly bigint[], right: readonly bigint[], columns: readonly ModelColumn[]): number {
    for (const [i, { direction }] of columns.entries()) {
      const [a, b] = [left[i] as bigint, right[i] as bigint];
      if (a !== b) return a < b === (direction === 'asc') ? -1 : 1;
    }
    return 0;
  }
}

/** A column's value as it is submitted and read: times in ms, decimals and all. */
export function columnValue(
  { big, time, tickMs = 1000, decimals = 0 }: ModelColumn,
  units: bigint,
): number | bigint {
  if (big) return units;
  return time ? Number(units) * tickMs : Number(units) / 10 ** decimals;
}

/** Two names by their UTF-8, byte for byte. */
function bytesOrder(left: string, right: string): number {
  const [a, b] = [new TextEncoder().encode(left), new TextEncoder().encode(right)];
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    if (a[i] !== b[i]) return (a[i] as number) - (b[i] as number);
  }
  return a.length - b.length;
}
