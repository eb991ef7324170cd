import type { Driver } from '@penknife/core';
import { Allowance } from '../allowance.js';
import { overrule } from '../commands/entry-commands.js';
import { announce, type Invalidated, mostAnnounced } from '../commands/log-commands.js';
import type { Place, Places, Tag } from '../keys.js';
import type { LocalKeeper } from '../local/local-keeper.js';
import type { InvalidateOptions, ResolvedOptions } from '../options.js';
import type { Confirmations, Patience } from './confirmations.js';
import type { InvalidationPosition } from './position.js';
import type { InvalidationRecord } from './record.js';

/** What an invalidator is made of. */
export interface InvalidatorParts {
  readonly driver: Driver;
  readonly places: Places;
  readonly options: ResolvedOptions;
  readonly position: InvalidationPosition;
  readonly keeper: LocalKeeper;
  readonly confirmations: Confirmations;
}

/** What is invalidated together. */
export interface Target {
  readonly places: readonly Place[];
  readonly tags: readonly Tag[];
  readonly all: boolean;
}

/** The most entries in one batch. */
const mostTogether = 500;

/**
 * Removes, expires, clears. The order is the point: first the entries and their leases, then the log and the message. The
 * other way round a process could hear, read the old entry again, and keep it. In this process everything under way is
 * overruled before and after.
 */
export class Invalidator {
  readonly #parts: InvalidatorParts;

  constructor(parts: InvalidatorParts) {
    this.#parts = parts;
  }

  /** Gives for each key whether there was an entry. */
  async invalidate(
    target: Target,
    act: 'remove' | 'expire',
    call: InvalidateOptions,
    allowance: Allowance = this.#allowance(call),
  ): Promise<readonly boolean[]> {
    const { places, tags, all } = target;
    const overruleHere = (): void => this.#overruleHere(target);
    overruleHere();
    try {
      const existed = await this.#overruleEntries(places, act, allowance);
      const invalidated: Invalidated[] = places.map(({ id }) => ({ kind: 'key', id }));
      for (const { id } of tags) invalidated.push({ kind: `${act}-tag`, id });
      if (all) invalidated.push({ kind: act === 'remove' ? 'clear' : 'expire', id: '*' });
      await this.announce(invalidated, call, allowance);
      return existed;
    } finally {
      overruleHere();
    }
  }

  /** Enters invalidations into the log, tells everybody, and with `everywhere` waits for them. Gives the record. */
  async announce(
    invalidated: readonly Invalidated[],
    call: InvalidateOptions,
    allowance: Allowance = this.#allowance(call),
  ): Promise<InvalidationRecord | undefined> {
    let record: InvalidationRecord | undefined;
    for (let from = 0; from < invalidated.length; from += mostAnnounced) {
      // Whoever has confirmed the last has applied all before it.
      const isLast = from + mostAnnounced >= invalidated.length;
      const some = invalidated.slice(from, from + mostAnnounced);
      record = await this.#announceSome(some, isLast ? call : { ...call, everywhere: false }, allowance);
    }
    return record;
  }

  async #announceSome(
    invalidated: readonly Invalidated[],
    call: InvalidateOptions,
    allowance: Allowance,
  ): Promise<InvalidationRecord | undefined> {
    const { driver, places, position, options, confirmations } = this.#parts;
    const tags = invalidated.filter(({ kind }) => kind.endsWith('-tag')).map(({ id }) => places.tagOf(id));
    const asking =
      call.everywhere === true ? await confirmations.ask(this.#patience(call, allowance)) : undefined;
    try {
      const command = announce(places, invalidated, position, {
        logLength: options.logLength,
        by: position.member,
        confirmOn: asking?.channel,
        tags,
      });
      const answer = await driver.send(command, allowance.next());
      const record = position.announced(answer.record, invalidated.length);
      if (asking === undefined || record === undefined) return record;
      const patience = this.#patience(call, allowance);
      await asking.confirmed(record.origin, record.position, answer.members, position.member, patience);
      return record;
    } finally {
      asking?.end();
    }
  }

  async #overruleEntries(
    places: readonly Place[],
    act: 'remove' | 'expire',
    allowance: Allowance,
  ): Promise<readonly boolean[]> {
    const { driver } = this.#parts;
    const [only] = places;
    if (places.length === 1 && only !== undefined) {
      return [await driver.send(overrule(only, act), allowance.next())];
    }
    const existed: boolean[] = [];
    for (let from = 0; from < places.length; from += mostTogether) {
      const commands = places.slice(from, from + mostTogether).map((place) => overrule(place, act));
      for (const outcome of await driver.batch(commands, allowance.next())) {
        if (!outcome.ok) throw outcome.error;
        existed.push(outcome.value);
      }
    }
    return existed;
  }

  #allowance(call: InvalidateOptions): Allowance {
    return new Allowance(this.#parts.driver.clock, call, this.#parts.options.deadlineMs);
  }

  #patience({ signal, deadlineMs = Number.POSITIVE_INFINITY }: InvalidateOptions, { leftMs }: Allowance) {
    return { signal, deadlineMs, leftMs: Math.max(1, leftMs) } satisfies Patience;
  }

  #overruleHere({ places, tags, all }: Target): void {
    const { keeper } = this.#parts;
    for (const { id } of places) keeper.overrule(id);
    for (const { id } of tags) keeper.overruleTag(id);
    if (all) keeper.overruleAll();
  }
}
