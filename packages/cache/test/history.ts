import type { Clock, Command } from '@penknife/core';

/** Where a value comes from: one run of a loader, or one write. Its id is the value. */
export interface Source {
  readonly id: number;
  readonly key: string;
  /** Whether it bears the tag. */
  readonly tagged: boolean;
  /** Until here it may have been right: a load's beginning; a write's end, for writes at the same time have no order. */
  rightUntil: number;
  /**
   * When it was made, and when it had been: it serves for its time from the first, and to those who waited until the second. The
   * time of what is written begins when the server has it, so at its end at the latest.
   */
  madeMs: number;
  doneMs: number;
  /** When it was first given to somebody: until then others may wait for the same load, and it be stored. */
  givenMs?: number;
}

/** One read that began. */
export interface ReadBegun {
  readonly key: string;
  readonly process: number;
  /** Whether it declares the tag: what does not bear it is no answer then. */
  readonly declares: boolean;
  readonly begun: number;
  readonly atMs: number;
}

interface Invalidation {
  /** Undefined: everything. */
  readonly keys: readonly string[] | undefined;
  /** Only of what bears the tag. */
  readonly tagged: boolean;
  readonly process: number;
  /** Its call: what is loaded later sees whatever it was called for. */
  readonly begun: number;
  readonly resolved: number;
  readonly atMs: number;
}

interface Lease {
  readonly token: string;
  readonly position: number;
  readonly untilMs: number;
}

/** Records what callers see, on one scale for all processes, and says what of it must not be. */
export class History {
  readonly #clock: Clock;
  readonly #l1LeaseMs: number;
  readonly #ttlMs: number;
  readonly #sources: Source[] = [];
  readonly invalidations: Invalidation[] = [];
  readonly stale: string[] = [];
  /** Values that were served longer than they may be. */
  readonly overdue: string[] = [];
  /** Leases granted beside a live one, and loads without any. */
  readonly doubled: string[] = [];
  reads = 0;
  writes = 0;
  #loads = 0;
  grants = 0;
  readonly #leases = new Map<string, Lease>();
  unanswered = 0;
  losses = 0;
  #step = 0;
  #floor = 0;

  constructor(clock: Clock, l1LeaseMs: number, ttlMs: number) {
    this.#clock = clock;
    this.#l1LeaseMs = l1LeaseMs;
    this.#ttlMs = ttlMs;
  }

  loadBegins(key: string, tagged: boolean): Source {
    const run = this.#source(key, tagged, this.#step++);
    if (++this.#loads > this.grants) this.doubled.push(`load ${run.id} of ${key} began without a lease`);
    return run;
  }

  loadEnds(run: Source): void {
    run.doneMs = this.#clock.monotonic();
  }

  /** A value that is about to be written. Until it is known to be, it may be right at any time. */
  writeBegins(key: string): Source {
    return this.#source(key, true, Number.POSITIVE_INFINITY);
  }

  writeEnds(written: Source): void {
    this.writes++;
    written.rightUntil = this.#step++;
    written.doneMs = this.#clock.monotonic();
    written.madeMs = written.doneMs;
  }

  #source(key: string, tagged: boolean, rightUntil: number): Source {
    const madeMs = this.#clock.monotonic();
    const id = this.#sources.length;
    const source: Source = { id, key, tagged, rightUntil, madeMs, doneMs: Number.POSITIVE_INFINITY };
    this.#sources.push(source);
    return source;
  }

  /** The call of an invalidation. */
  invalidationBegins(): number {
    return this.#step++;
  }

  /** What the server did, in its own order: leases by the key they are at. */
  served(command: Command<unknown>, answer: unknown): void {
    const args = command.args.slice(3) as string[];
    switch (command.script?.name) {
      case 'cache/enter': {
        if ((answer as { kind: string }).kind !== 'lease') return;
        const [, lease = '', , , , position, , token = '', leaseMs] = args;
        this.grants++;
        // Dead on arrival: everything was invalidated since its holder read the record.
        if (Number(position) < this.#floor) return;
        const now = this.#clock.monotonic();
        const other = this.#leases.get(lease);
        const live = other !== undefined && now < other.untilMs && other.position >= this.#floor;
        if (live && other.token !== token)
          this.doubled.push(`${token} was granted ${lease} beside ${other.token}`);
        this.#leases.set(lease, { token, position: Number(position), untilMs: now + Number(leaseMs) });
        return;
      }
      case 'cache/fill':
      case 'cache/abandon':
        if (answer === true) this.#leases.delete(args[command.script.name === 'cache/fill' ? 1 : 0] ?? '');
        return;
      case 'cache/overrule':
        this.#leases.delete(args[1] ?? '');
        return;
      case 'cache/claim': {
        // A writer's: whoever loads is no longer stored, and nobody else is let in.
        const [, lease = '', , position, token = '', leaseMs] = args;
        const untilMs = this.#clock.monotonic() + Number(leaseMs);
        this.#leases.set(lease, { token, position: Number(position), untilMs });
        return;
      }
      case 'cache/keep-tags': {
        // A record that had to be made is a floor too: what is loaded under an older lease bears the tag and is missed.
        const [, tag = ''] = answer as readonly string[];
        this.#floor = Math.max(this.#floor, Number(tag.split(' ')[1]));
        return;
      }
      case 'cache/announce': {
        const [, position, expireFloor] = (answer as { record: string }).record.split(' ').map(Number);
        // Every key of a schedule bears the tag that is invalidated.
        const tagged = args.includes('remove-tag') || args.includes('expire-tag');
        this.#floor = Math.max(this.#floor, (tagged ? position : expireFloor) ?? 0);
        if (tagged || args.includes('clear') || args.includes('expire')) this.#leases.clear();
      }
    }
  }

  /** The server lost something: who has a lease is not known any more, but nothing old may come of it. */
  lost(): void {
    this.losses++;
    this.#floor = Number.POSITIVE_INFINITY;
    this.#leases.clear();
  }

  invalidated(
    { keys, tagged = false }: { readonly keys: readonly string[] | undefined; readonly tagged?: boolean },
    process: number,
    begun: number,
  ): void {
    const [resolved, atMs] = [this.#step++, this.#clock.monotonic()];
    this.invalidations.push({ keys, tagged, process, begun, resolved, atMs });
  }

  readBegins(key: string, process: number, declares: boolean): ReadBegun {
    return { key, process, declares, begun: this.#step++, atMs: this.#clock.monotonic() };
  }

  /** In the invalidating process nothing older than the invalidation; elsewhere nothing after one lease of the local tier. */
  readEnds(read: ReadBegun, id: number): void {
    this.reads++;
    const source = this.#sources[id] as Source;
    const { key, tagged, rightUntil, madeMs, doneMs } = source;
    source.givenMs ??= this.#clock.monotonic();
    const what = `process ${read.process} read ${id} of ${read.key}`;
    if (key !== read.key) this.stale.push(`${what}, which is of ${key}`);
    if (read.atMs >= madeMs + this.#ttlMs && read.atMs > Math.max(doneMs, source.givenMs))
      this.overdue.push(`${what}, made at ${madeMs} ms, at ${read.atMs} ms`);
    for (const { keys, process, begun, resolved, atMs, tagged: byTag } of this.invalidations) {
      // Whoever declares the tag gets nothing that would not fall with it.
      if (byTag && !tagged && !read.declares) continue;
      if (keys?.includes(read.key) === false || resolved > read.begun || begun <= rightUntil) continue;
      if (process === read.process || read.atMs > atMs + this.#l1LeaseMs) {
        this.stale.push(`${what} (${rightUntil}) at ${read.begun}, invalidated by ${process} at ${resolved}`);
      }
    }
  }
}
