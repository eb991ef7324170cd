import { tracingChannel } from 'node:diagnostics_channel';

/** Where the present majors of both clients tell of every command they are asked to write, and of its answer. */
const channels = ['node-redis:command', 'ioredis:command'].map((name) =>
  tracingChannel<unknown, object>(name),
);

/**
 * Counts the round trips of the work that follows, in this process: the longest chain of commands of which each was written after
 * the one before had been answered. So commands sent together, to one server or several, are one round trip, and a script
 * that the server did not know is two. Exact as long as nothing else of the process talks to a server. The returned function ends
 * it; undefined when no client told of anything (memory, and the majors before, tell nothing).
 */
export function watchRoundTrips(): () => number | undefined {
  const places = new WeakMap<object, number>();
  let answered = 0;
  let longest = 0;
  const listener = {
    start(command: object): void {
      places.set(command, answered + 1);
      longest = Math.max(longest, answered + 1);
    },
    asyncEnd(command: object): void {
      answered = Math.max(answered, places.get(command) ?? 0);
    },
    end: (): void => undefined,
    asyncStart: (): void => undefined,
    error: (): void => undefined,
  };
  for (const channel of channels) channel.subscribe(listener);
  return () => {
    for (const channel of channels) channel.unsubscribe(listener);
    return longest === 0 ? undefined : longest;
  };
}
