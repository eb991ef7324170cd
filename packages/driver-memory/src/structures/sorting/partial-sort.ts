type Compare<Item> = (left: Item, right: Item) => number;

/** Below this many items they are inserted one by one. */
const few = 7;

/** From this many on the pivot is the median of nine. */
const many = 41;

function swap<Item>(items: Item[], left: number, right: number): void {
  const kept = items[left] as Item;
  items[left] = items[right] as Item;
  items[right] = kept;
}

/** Swaps `count` items from `left` on with as many from `right` on. */
function swapRuns<Item>(items: Item[], left: number, right: number, count: number): void {
  for (let i = 0; i < count; i++) swap(items, left + i, right + i);
}

function insertOneByOne<Item>(items: Item[], from: number, end: number, compare: Compare<Item>): void {
  for (let next = from + 1; next < end; next++) {
    for (let at = next; at > from && compare(items[at - 1] as Item, items[at] as Item) > 0; at--) {
      swap(items, at, at - 1);
    }
  }
}

/** Where the median of three items stands; of equal ones which decides how they come out. */
function median<Item>(items: Item[], a: number, b: number, c: number, compare: Compare<Item>): number {
  const at = (left: number, right: number): number => compare(items[left] as Item, items[right] as Item);
  if (at(a, b) < 0) {
    if (at(b, c) < 0) return b;
    return at(a, c) < 0 ? c : a;
  }
  if (at(b, c) > 0) return b;
  return at(a, c) < 0 ? a : c;
}

function pivotOf<Item>(items: Item[], from: number, end: number, compare: Compare<Item>): number {
  const size = end - from;
  const middle = from + Math.floor(size / 2);
  if (size === few) return middle;
  const last = end - 1;
  if (size < many) return median(items, from, middle, last, compare);
  const step = Math.floor(size / 8);
  return median(
    items,
    median(items, from, from + step, from + 2 * step, compare),
    median(items, middle - step, middle, middle + step, compare),
    median(items, last - 2 * step, last - step, last, compare),
    compare,
  );
}

/** Lesser items, then equals of the pivot, then greater ones; answers where the equals begin and end. */
function partition<Item>(
  items: Item[],
  from: number,
  end: number,
  compare: Compare<Item>,
): { equalFrom: number; equalEnd: number } {
  swap(items, from, pivotOf(items, from, end, compare));
  const pivot = items[from] as Item;
  // Equals gather at both ends while the two hands, `low` and `high`, walk towards each other.
  let equalLow = from + 1;
  let low = equalLow;
  let high = end - 1;
  let equalHigh = high;
  for (;;) {
    for (; low <= high; low++) {
      const order = compare(items[low] as Item, pivot);
      if (order > 0) break;
      if (order === 0) swap(items, equalLow++, low);
    }
    for (; low <= high; high--) {
      const order = compare(items[high] as Item, pivot);
      if (order < 0) break;
      if (order === 0) swap(items, high, equalHigh--);
    }
    if (low > high) break;
    swap(items, low++, high--);
  }
  const lesser = low - equalLow;
  const greater = equalHigh - high;
  const atLow = Math.min(equalLow - from, lesser);
  swapRuns(items, from, low - atLow, atLow);
  const atHigh = Math.min(greater, end - 1 - equalHigh);
  swapRuns(items, low, end - atHigh, atHigh);
  return { equalFrom: from + lesser, equalEnd: end - greater };
}

/**
 * Sorts in place so far that the items from index `first` to index `last` are those that a whole sort has there; the
 * others stand on their side of them in any order. Not stable: equal items come out as they do of the servers, which
 * sort so where only a part of the result is asked for. With equals in `first…last` it is this algorithm alone that
 * says which of them are given.
 *
 * The algorithm is quicksort as in J. L. Bentley, M. D. McIlroy, "Engineering a Sort Function", Software: Practice and
 * Experience 23 (1993), without the parts that hold nothing of what is asked for.
 */
export function partialSort<Item>(items: Item[], first: number, last: number, compare: Compare<Item>): void {
  const sort = (from: number, end: number): void => {
    if (end - from < 2 || last < from || first >= end) return;
    if (end - from < few) {
      insertOneByOne(items, from, end, compare);
      return;
    }
    const { equalFrom, equalEnd } = partition(items, from, end, compare);
    sort(from, equalFrom);
    sort(equalEnd, end);
  };
  sort(0, items.length);
}
