import type { MatrixContext } from '@penknife/matrix';

/** Moves time on in small steps until the promise is settled: where time is real it passes, on memory it is moved. */
export async function patiently<T>(
  context: Pick<MatrixContext, 'advance'>,
  promise: Promise<T>,
  limitMs = 3000,
): Promise<T> {
  let settled = false;
  const watched = promise.finally(() => {
    settled = true;
  });
  watched.catch(() => undefined);
  for (let waitedMs = 0; !settled && waitedMs < limitMs; waitedMs += 10) await context.advance(10);
  if (!settled) throw new Error(`nothing came within ${limitMs} ms`);
  return watched;
}
