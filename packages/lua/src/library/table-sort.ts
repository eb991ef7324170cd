import type { State } from '../runtime/state.js';
import type { LuaValue } from '../runtime/values.js';

/**
 * Lua 5.1's quicksort (ltablib.c) on values 1..count of an array whose slot 0 and slot count+1 may be read:
 * the same comparisons in the same order, so an inconsistent order function fails as it does on a server.
 */
export function sortValues(
  state: State,
  values: LuaValue[],
  count: number,
  less: (left: LuaValue, right: LuaValue) => boolean,
): void {
  const swap = (left: number, right: number): void => {
    const held = values[left];
    values[left] = values[right];
    values[right] = held;
  };
  const invalid = (): never => state.fail('invalid order function for sorting');

  function partition(low: number, high: number, pivot: LuaValue): number {
    let left = low;
    let right = high - 1;
    for (;;) {
      while (less(values[++left], pivot)) if (left > high) invalid();
      while (less(pivot, values[--right])) if (right < low) invalid();
      if (right < left) return left;
      swap(left, right);
    }
  }

  function sort(from: number, to: number): void {
    let low = from;
    let high = to;
    while (low < high) {
      if (less(values[high], values[low])) swap(low, high);
      if (high - low === 1) return;
      const middle = Math.floor((low + high) / 2);
      if (less(values[middle], values[low])) swap(middle, low);
      else if (less(values[high], values[middle])) swap(middle, high);
      if (high - low === 2) return;
      const pivot = values[middle];
      swap(middle, high - 1);
      const border = partition(low, high, pivot);
      swap(high - 1, border);
      // The smaller part by recursion, the larger one in this loop.
      if (border - low < high - border) {
        sort(low, border - 1);
        low = border + 1;
      } else {
        sort(border + 1, high);
        high = border - 1;
      }
    }
  }

  sort(1, count);
}
