import type { Clock, Command } from '@penknife/core';

/** One run of a loader. Its id is the value it gives. */
export interface LoadRun {
  readonly id: number;
  readonly key: string;
  readonly begun: number;
}

/** One read that began. */
export interface ReadBegun {
  readonly key: string;
  readonly process: number;
  readonly begun: number;
  readonly atMs: number;
}

interface Invalidation {
  /** Undefined: everything. */
  readonly keys: readonly string[] | undefined;
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
  readonly runs: LoadRun[] = [];
  readonly invalidations: Invalidation[] = [];
  readonly stale: string[] = [];
  /** Leases granted beside a live one, and loads without any. */
  readonly doubled: string[] = [];
  reads = 0;
  grants = 0;
  readonly #leases = new Map<string, Lease>();
  unanswered = 0;
  #step = 0;
  #floor = 0;

  constructor(clock: Clock, l1LeaseMs: number) {
    this.#clock = clock;
    this.#l1LeaseMs = l1LeaseMs;
  }

  loadBegins(key: string): LoadRun {
    const run: LoadRun = { id: this.runs.length, key, begun: this.#step++ };
    this.runs.push(run);
    if (this.runs.length > this.grants) this.doubled.push(`load ${run.id} of ${key} began without a lease`);
    return run;
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
      case 'cache/keep-tags': {
        // A record that had to be made is a floor too: what is loaded under an older lease bears the tag and is missed.
        const [, tag = ''] = answer as readonly string[];
        this.#floor = Math.max(this.#floor, Number(tag.split(' ')[1]));
        return;
      }
      case 'cache/announce':
        {
          const [, position, expireFloor] = (answer as { record: string }).record.split(' ').map(Number);
          // Every key of a schedule bears the tag that is invalidated.
          const floor = args.includes('remove-tag') ? position : expireFloor;
          this.#floor = Math.max(this.#floor, floor ?? 0);
        }
        if (args.includes('clear') || args.includes('remove-tag')) this.#leases.clear();
    }
  }

  invalidated(keys: readonly string[] | undefined, process: number, begun: number): void {
    this.invalidations.push({ keys, process, begun, resolved: this.#step++, atMs: this.#clock.monotonic() });
  }

  readBegins(key: string, process: number): ReadBegun {
    return { key, process, begun: this.#step++, atMs: this.#clock.monotonic() };
  }

  /** In the invalidating process nothing older than the invalidation; elsewhere nothing after one lease of the local tier. */
  readEnds(read: ReadBegun, id: number): void {
    this.reads++;
    const run = this.runs[id] as LoadRun;
    for (const { keys, process, begun, resolved, atMs } of this.invalidations) {
      if (keys?.includes(read.key) === false || resolved > read.begun || begun < run.begun) continue;
      if (process === read.process || read.atMs > atMs + this.#l1LeaseMs) {
        this.stale.push(
          `process ${read.process} read load ${id} of ${read.key} (begun ${run.begun}) at ${read.begun}, invalidated by ${process} at ${resolved}`,
        );
      }
    }
  }
}
