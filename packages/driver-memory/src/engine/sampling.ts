import type { EngineState } from './engine-state.js';

/** `count` different whole numbers below `size`, in random order; all of them, in order, when `count` is not smaller. */
export function distinctIndexes(engine: EngineState, size: number, count: number): number[] {
  if (count >= size) return Array.from({ length: size }, (_, index) => index);
  if (count * 3 < size) {
    const chosen = new Set<number>();
    while (chosen.size < count) chosen.add(engine.pick(size));
    return [...chosen];
  }
  // Fisher-Yates, stopped after `count` places.
  const indexes = Array.from({ length: size }, (_, index) => index);
  for (let place = 0; place < count; place++) {
    const other = place + engine.pick(size - place);
    const moved = indexes[place] as number;
    indexes[place] = indexes[other] as number;
    indexes[other] = moved;
  }
  return indexes.slice(0, count);
}

/** `count` whole numbers below `size`, repetitions allowed. */
export function repeatedIndexes(engine: EngineState, size: number, count: number): number[] {
  return Array.from({ length: count }, () => engine.pick(size));
}
