import type { ServerNode } from '@penknife/redis-servers';

/** A sentinel that stood still for 2 s no longer trusts its clock, and replaces nobody for the next half minute. */
const longestMs = 1000;

/**
 * Runs a piece of work while the sentinels keep quiet, or its first second: each asks the primary every second and publishes
 * there every two, which would be counted with what the work does.
 */
export async function whileSilent<T>(sentinels: readonly ServerNode[], run: () => Promise<T>): Promise<T> {
  let resumed: Promise<unknown> | undefined;
  const resume = (): Promise<unknown> => {
    resumed ??= Promise.all(sentinels.map((sentinel) => sentinel.resume()));
    return resumed;
  };
  await Promise.all(sentinels.map((sentinel) => sentinel.pause()));
  const timer = setTimeout(resume, longestMs);
  try {
    return await run();
  } finally {
    clearTimeout(timer);
    await resume();
  }
}
