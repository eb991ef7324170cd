import { type Driver, reportListenerError } from '@penknife/core';
import { abandon, claim, fill } from '../commands/entry-commands.js';
import type { LocalKeeper } from '../local/local-keeper.js';
import type { ResolvedOptions, SetOptions } from '../options.js';
import type { Invalidator } from './invalidator.js';
import type { Write, Writer } from './writer.js';

/** What writing through is made of. */
export interface WriteThroughParts {
  readonly driver: Driver;
  readonly options: ResolvedOptions;
  readonly keeper: LocalKeeper;
  readonly invalidator: Invalidator;
  readonly writer: Writer;
}

/**
 * Writes a value to where it lives, and then into the cache. Before the write the entry is removed everywhere and its lease
 * is taken, so that no load that read the old value is stored. After it the value is stored under that lease; where the
 * lease was lost, or another write overlapped, nobody knows which value is the last: then the key is removed instead.
 */
export async function writeThrough(
  { driver, options, keeper, invalidator, writer }: WriteThroughParts,
  item: Write,
  write: () => Promise<void>,
  call: SetOptions,
): Promise<void> {
  const { place } = item;
  // One before the write, and one after it: what was written is to be stored.
  const before = writer.allowance(call);
  // What was begun is ended also for a caller who left.
  const { signal: _signal, ...after } = call;
  const remove = () => invalidator.invalidate({ places: [place], tags: [], all: false }, 'remove', after);
  keeper.overrule(place.id);
  const stamp = await writer.stamp([item], before);
  const token = `w.${Buffer.from(driver.random.bytes(9)).toString('base64url')}`;
  const { bytes, lifeMs } = writer.entry(item, stamp);
  const claiming = before.next();
  let alone: boolean;
  try {
    alone = await driver.send(claim(place, stamp, token, options.leaseMs), claiming);
    await invalidator.announce([{ kind: 'key', id: place.id }], call, before);
  } catch (error) {
    // Nobody is to wait for a write that does not begin. In the background: Redis may be out of reach.
    driver.send(abandon(place, token), { deadlineMs: options.deadlineMs }).catch(() => undefined);
    throw error;
  }
  try {
    await write();
  } catch (error) {
    // It may have been written. The write's own error is the one to be heard of.
    await remove().catch(reportListenerError);
    throw error;
  } finally {
    keeper.overrule(place.id);
  }
  // What may not have been stored is removed, its lease with it: nobody is to wait for it.
  const stored =
    alone &&
    (await driver.send(fill(place, token, bytes, lifeMs), writer.allowance(after).next()).catch(() => false));
  if (!stored) await remove();
}
