/** One lock as its holder saw it. Steps are points on one scale for all processes, in the order things happened. */
export interface HeldSpan {
  readonly resource: string;
  readonly process: string;
  readonly fence: bigint;
  readonly grantedAt: number;
  /** The first call of release, or the loss; undefined: never. */
  endedAt: number | undefined;
}

/** A place in the queue, and the fence it was granted, if it was. */
export interface QueuedPlace {
  readonly resource: string;
  readonly token: string;
  readonly queuedAt: number;
  fence: bigint | undefined;
}

/** What is left when everything should be quiet. */
export interface LeftBehind {
  readonly keys: number;
  readonly timers: number;
  readonly held: number;
  readonly waiting: number;
}

/** Records what holders see, and says what of it must not be. */
export class History {
  readonly spans: HeldSpan[] = [];
  readonly places: Map<string, QueuedPlace> = new Map();
  /** Leases that the server extended although it had granted a later one. */
  readonly revived: string[] = [];
  readonly #newest = new Map<string, bigint>();
  readonly #served = new Map<string, bigint>();
  #step = 0;

  granted(resource: string, process: string, fence: bigint): HeldSpan {
    const span: HeldSpan = { resource, process, fence, grantedAt: this.#step++, endedAt: undefined };
    this.spans.push(span);
    return span;
  }

  ended(span: HeldSpan): void {
    span.endedAt ??= this.#step++;
  }

  queued(resource: string, token: string): void {
    if (this.places.has(token)) return;
    this.places.set(token, { resource, token, queuedAt: this.#step++, fence: undefined });
  }

  /** The server granted a token that may have queued. */
  served(resource: string, token: string, fence: bigint): void {
    this.#served.set(token, fence);
    if (fence > (this.#newest.get(resource) ?? 0n)) this.#newest.set(resource, fence);
    const place = this.places.get(token);
    if (place !== undefined) place.fence = fence;
  }

  /** The server extended the lease of a token. */
  extended(resource: string, token: string): void {
    const fence = this.#served.get(token) ?? 0n;
    if (fence < (this.#newest.get(resource) ?? 0n)) this.revived.push(`${token} was extended after its end`);
  }

  /** Two who held one resource at once. */
  overlaps(): string[] {
    return this.#neighbours((earlier, later) =>
      earlier.endedAt === undefined || earlier.endedAt > later.grantedAt
        ? `${earlier.process} held ${earlier.resource} until ${earlier.endedAt ?? 'the end'} when ${later.process} was granted at ${later.grantedAt}`
        : undefined,
    );
  }

  /** Fences that did not rise from holder to holder. */
  fallenFences(): string[] {
    return this.#neighbours((earlier, later) =>
      earlier.fence >= later.fence ? `${later.fence} after ${earlier.fence}` : undefined,
    );
  }

  /** Of those who queued and were served, who came before somebody who had queued earlier. */
  overtakers(): string[] {
    const served = [...this.places.values()].filter((place) => place.fence !== undefined);
    const byFence = served.sort((a, b) => ((a.fence ?? 0n) < (b.fence ?? 0n) ? -1 : 1));
    const latest = new Map<string, QueuedPlace>();
    const found: string[] = [];
    for (const place of byFence) {
      const before = latest.get(place.resource);
      if (before !== undefined && before.queuedAt > place.queuedAt)
        found.push(`${before.token} was served before ${place.token}, who had queued earlier`);
      if (before === undefined || before.queuedAt < place.queuedAt) latest.set(place.resource, place);
    }
    return found;
  }

  #neighbours(complain: (earlier: HeldSpan, later: HeldSpan) => string | undefined): string[] {
    const found: string[] = [];
    const last = new Map<string, HeldSpan[]>();
    for (const span of this.spans) {
      const before = last.get(span.resource) ?? [];
      for (const earlier of before) {
        const complaint = complain(earlier, span);
        if (complaint !== undefined) found.push(complaint);
      }
      last.set(span.resource, [...before, span]);
    }
    return found;
  }
}

/** What was left behind, in words; nothing when all is gone. */
export function leaks(left: LeftBehind): string[] {
  return Object.entries(left)
    .filter(([, count]) => count !== 0)
    .map(([what, count]) => `${count} ${what}`);
}
