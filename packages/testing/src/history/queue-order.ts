/** A place in a queue, and when it was served, as whoever serves saw it. */
export type QueueEvent =
  | { readonly type: 'queued'; readonly resource: string; readonly ticket: string }
  | {
      readonly type: 'served';
      readonly resource: string;
      /** The same, and unique, as when it queued. Those that never queued are passed over. */
      readonly ticket: string;
      /** Rises from each that is served to the next, such as a fence: a grant may be noticed later than it was given. */
      readonly turn: number | bigint;
    };

interface Place {
  readonly ticket: string;
  readonly place: number;
  readonly turn: number | bigint;
}

/** First come, first served: who was served after somebody that had queued later. Empty when nothing is wrong. */
export function overtaken(events: readonly object[]): string[] {
  const places = new Map<string, number>();
  const served = new Map<string, Map<string, Place>>();
  for (const event of events as readonly QueueEvent[]) {
    if (event.type === 'queued' && !places.has(event.ticket)) places.set(event.ticket, places.size);
    if (event.type !== 'served') continue;
    const { resource, ticket, turn } = event;
    const place = places.get(ticket);
    if (place === undefined) continue;
    const line = served.get(resource) ?? new Map<string, Place>();
    served.set(resource, line);
    line.set(ticket, { ticket, place, turn });
  }
  return [...served.values()].flatMap((line) => {
    let latest: Place | undefined;
    return [...line.values()]
      .sort((a, b) => (a.turn < b.turn ? -1 : 1))
      .flatMap((next) => {
        const before = latest;
        if (before === undefined || before.place < next.place) latest = next;
        return before !== undefined && before.place > next.place
          ? [`${next.ticket} was served after ${before.ticket}, and had queued earlier`]
          : [];
      });
  });
}
