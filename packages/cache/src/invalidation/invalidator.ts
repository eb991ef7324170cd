import { type CallOptions, ConnectionError, type Driver } from '@penknife/core';
import type { ValueCodec } from '../codec/value-codec.js';
import { announce, overrule, overwrite } from '../commands.js';
import { lifeOf } from '../entry/freshness.js';
import { type Header, writeEntry } from '../entry/header.js';
import { jittered } from '../jittered.js';
import type { Place, Places } from '../keys.js';
import type { LocalKeeper } from '../local/local-keeper.js';
import type { ResolvedFreshness, ResolvedOptions } from '../options.js';
import type { InvalidationPosition } from './position.js';
import type { InvalidationRecord } from './record.js';

/** What an invalidator is made of. */
export interface InvalidatorParts {
  readonly driver: Driver;
  readonly places: Places;
  readonly options: ResolvedOptions;
  readonly codec: ValueCodec;
  readonly position: InvalidationPosition;
  readonly keeper: LocalKeeper;
}

const mostSets = 5;

/**
 * Removes, expires, replaces, clears. The order is the point: first the entry and its lease, then the log and the message.
 * The other way round a process could hear, read the old entry again, and keep it. In this process everything under way
 * is overruled before and after.
 */
export class Invalidator {
  readonly #parts: InvalidatorParts;

  constructor(parts: InvalidatorParts) {
    this.#parts = parts;
  }

  async one(place: Place, act: 'remove' | 'expire', call: CallOptions): Promise<boolean> {
    const { driver, keeper } = this.#parts;
    keeper.overrule(place.id);
    try {
      const existed = await driver.send(overrule(place, act), this.#callOptions(call));
      await this.#announce('key', place.id, call);
      return existed;
    } finally {
      keeper.overrule(place.id);
    }
  }

  async all(act: 'clear' | 'expire', call: CallOptions): Promise<void> {
    const { keeper } = this.#parts;
    keeper.overruleAll();
    try {
      await this.#announce(act, '*', call);
    } finally {
      keeper.overruleAll();
    }
  }

  async set(place: Place, value: unknown, times: ResolvedFreshness, call: CallOptions): Promise<void> {
    const { driver, codec, position, keeper, options } = this.#parts;
    const encoded = codec.encode(value);
    const freshness = jittered(times, options.jitter, driver.random);
    keeper.overrule(place.id);
    try {
      await position.ready();
      for (let tries = 0; tries < mostSets; tries++) {
        if (tries > 0 || position.origin === undefined) await position.catchUp();
        const origin = position.origin as string;
        const stamp = position.position;
        const header: Header = {
          ...freshness,
          expired: false,
          origin,
          position: stamp,
          createdMs: position.serverMsEarliest(),
          loadMs: 0,
        };
        await driver.send(
          overwrite(place, writeEntry(header, encoded), lifeOf(header)),
          this.#callOptions(call),
        );
        const record = await this.#announce('key', place.id, call);
        // Below a floor that this process had not heard of it would not be served.
        if (record?.origin === origin && record.expireFloor <= stamp) return;
      }
      throw new ConnectionError('the cache was cleared again and again while a value was set', {
        sent: 'maybe',
      });
    } finally {
      keeper.overrule(place.id);
    }
  }

  async #announce(
    kind: 'key' | 'clear' | 'expire',
    id: string,
    call: CallOptions,
  ): Promise<InvalidationRecord | undefined> {
    const { driver, places, position, options } = this.#parts;
    const command = announce(places, kind, id, position.newOrigin(), options.logLength);
    return position.announced(await driver.send(command, this.#callOptions(call)));
  }

  #callOptions(call: CallOptions): CallOptions {
    const { signal, deadlineMs = this.#parts.options.deadlineMs } = call;
    return { deadlineMs, ...(signal !== undefined && { signal }) };
  }
}
