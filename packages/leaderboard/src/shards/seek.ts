import type { Place, Placement } from '../order/layout.js';
import { inOrder } from './merge-slices.js';

/** What is asked of the shards to find a place. */
export interface Shards {
  readonly totals: readonly number[];
  /** The row at an index of each shard; undefined: not asked, or none. */
  rowsAt(indexes: readonly (number | undefined)[]): Promise<readonly (Placement | undefined)[]>;
  /** How many members of each shard come up to and with each of these rows: a list a row. */
  countThrough(
    rows: readonly { readonly place: Place; readonly member: string }[],
  ): Promise<readonly (readonly number[])[]>;
}

/** As near as this is near enough: so many rows are read and thrown away. */
const slack = 200;
const mostRounds = 30;

/**
 * Where each shard stands before the row at an index of the whole, or up to 200 rows earlier in all. Each round takes the row
 * of every shard where the index should be if members are spread evenly, counts all shards up to each, and keeps the nearest
 * two: members are spread by a hash, so one or two rounds of two parallel round trips find it among millions. Where members
 * moved between two rounds, what both say together may lie beyond the index: then the later one stands alone.
 */
export async function seek(
  { totals, rowsAt, countThrough }: Shards,
  index: number,
): Promise<readonly number[]> {
  let low = totals.map(() => 0);
  let high = [...totals];
  for (let round = 0; round < mostRounds; round++) {
    const left = index - sumOf(low);
    if (left <= slack) break;
    const wide = sumOf(high) - sumOf(low);
    const share = Math.max(0, left - slack / 2) / Math.max(1, wide);
    const pivots = await rowsAt(
      low.map((from, i) => {
        const width = (high[i] as number) - from;
        return width > 0 ? from + Math.min(width - 1, Math.floor(width * share)) : undefined;
      }),
    );
    const rows = pivots.flatMap((row) => row ?? []).sort(inOrder);
    if (rows.length === 0) break;
    const counts = await countThrough(rows);
    const below = counts.findLast((each) => sumOf(each) <= index);
    const above = counts.find((each) => sumOf(each) > index);
    if (below !== undefined) {
      const nearest = low.map((from, i) => Math.max(from, below[i] as number));
      low = sumOf(nearest) <= index ? nearest : [...below];
    }
    if (above !== undefined) {
      const nearest = high.map((to, i) => Math.min(to, above[i] as number));
      high = sumOf(nearest) > index ? nearest : [...above];
    }
  }
  return low;
}

/** The sum of numbers. */
export function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0);
}
