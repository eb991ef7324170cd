/** The longest real wait of one `advance`. Longer stories are told on memory, where time costs nothing. */
const longestWaitMs = 100;

/** Waits in real time, at most 100 ms at a time. */
export function wait(ms: number): Promise<void> {
  if (!(ms >= 0 && ms <= longestWaitMs)) {
    const rule = `on a real server advance() waits, at most ${longestWaitMs} ms a call; asked for ${ms}`;
    return Promise.reject(
      new RangeError(`${rule}: make it shorter, or run the case on memory only with where()`),
    );
  }
  return new Promise((resolve) => setTimeout(resolve, ms));
}
