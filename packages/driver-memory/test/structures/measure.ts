/** Numbers from 0 to size - 1 in a fixed random order. */
export function shuffled(size: number): number[] {
  const numbers = Array.from({ length: size }, (_unused, index) => index);
  let state = 12345;
  for (let index = size - 1; index > 0; index -= 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const other = state % (index + 1);
    [numbers[index], numbers[other]] = [numbers[other]!, numbers[index]!];
  }
  return numbers;
}

/** Nanoseconds of one call, averaged over `rounds` calls with 0 to rounds - 1. */
export function measure(rounds: number, act: (round: number) => unknown): number {
  const start = process.hrtime.bigint();
  for (let round = 0; round < rounds; round += 1) act(round);
  return Number(process.hrtime.bigint() - start) / rounds;
}

/** Bytes in use after a collection (run node with --expose-gc, or the figure is rough). */
export function heapBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

/** Prints one line of a benchmark. */
export function report(name: string, size: number, nanoseconds: number): void {
  console.log(`${name.padEnd(28)} ${String(size).padStart(9)} ${nanoseconds.toFixed(0).padStart(8)} ns`);
}
