import type { Driver } from '@penknife/core';
import type { Availability } from '../availability.js';
import { keepTags } from '../commands/log-commands.js';
import { type TagRecords, tagRecordsOf } from '../entry/floors.js';
import type { RecordsReading } from '../entry/reading.js';
import { mostTags, type Places, type Tag } from '../keys.js';
import type { ResolvedOptions } from '../options.js';
import type { InvalidationPosition } from './position.js';
import type { InvalidationRecord } from './record.js';

/** What a keeper of tags is made of. */
export interface TagKeeperParts {
  readonly driver: Driver;
  readonly places: Places;
  readonly options: ResolvedOptions;
  readonly position: InvalidationPosition;
  readonly availability: Availability;
}

/** Sees to it that tags have records for as long as entries bear them: an entry one of whose tags has none is missed. */
export class TagKeeper {
  readonly #parts: TagKeeperParts;

  constructor(parts: TagKeeperParts) {
    this.#parts = parts;
  }

  /** True when the records last long enough for an entry that lives `lifeMs` from now. */
  suffice(tags: readonly Tag[], records: TagRecords, lifeMs: number): boolean {
    const until = this.#parts.position.server.latest() + lifeMs;
    return tags.every(({ id }) => (records.get(id)?.untilMs ?? 0) >= until);
  }

  /** Makes and prolongs records. What is loaded after this, and stamped with the record it gives, is under no floor of them. */
  async keep(tags: readonly Tag[], lifeMs: number): Promise<RecordsReading> {
    const { driver, places, options, position, availability } = this.#parts;
    const ids = tags.map(({ id }) => id);
    const texts: string[] = [];
    let record: InvalidationRecord | undefined;
    for (let from = 0; from < tags.length; from += mostTags) {
      const sentAt = driver.clock.monotonic();
      const then = position.standing;
      const command = keepTags(places, tags.slice(from, from + mostTags), position, lifeMs);
      const [text = '', ...rest] = await availability.ask(() =>
        driver.send(command, { deadlineMs: options.deadlineMs }),
      );
      record = position.observe(text, sentAt, then);
      texts.push(...rest);
    }
    if (record === undefined) throw new TypeError('there are no tags to keep');
    return { record, tagRecords: tagRecordsOf(ids, texts, record.origin) };
  }
}
