import {
  AbortedError,
  type CallOptions,
  checkObject,
  InvalidArgumentError,
  type Sender,
} from '@penknife/core';
import { checkListener } from '../arguments.js';
import { rangeOf } from '../commands/read.js';
import type { StreamDefinition } from '../definition.js';
import { type DecodedEntry, decodeEntry } from '../entry/decode-entry.js';
import { highestId, lowestId } from '../entry/position.js';
import { fieldNames, fieldOf, type RawEntry } from '../entry/raw-entry.js';
import { PoisonError } from '../errors.js';
import { tell } from '../tell.js';
import type { RangeOptions } from './read-options.js';

/** Entries asked for at once. */
export const pageSize = 200;

/** Walks the log page by page, forwards or backwards. Each page is one command; what is appended meanwhile may be seen. */
export async function* walkRange(
  sender: Sender,
  definition: StreamDefinition<never, unknown>,
  log: string,
  options: RangeOptions,
  call: CallOptions | undefined,
): AsyncGenerator<DecodedEntry, void, undefined> {
  checkObject('options', options);
  checkListener('onPoison', options.onPoison);
  const { direction = 'forward', limit = Number.POSITIVE_INFINITY, signal, onPoison } = options;
  const reverse = direction === 'backward';
  if (reverse === (direction === 'forward')) {
    throw new InvalidArgumentError('direction', "must be 'forward' or 'backward'", direction);
  }
  if (limit !== Number.POSITIVE_INFINITY && (!Number.isSafeInteger(limit) || limit < 1)) {
    throw new InvalidArgumentError('limit', 'must be a whole number of at least 1', limit);
  }
  const { from = reverse ? 'now' : 'start', to = reverse ? 'start' : 'now' } = options;
  const [low, high] = reverse ? [to, from] : [from, to];
  let lowest = lowestId(low, reverse ? 'to' : 'from');
  let highest = highestId(high, reverse ? 'from' : 'to');
  let left = limit;
  for (;;) {
    if (signal?.aborted) throw new AbortedError(signal.reason, 'no');
    const page = await sender.send(rangeOf(log, lowest, highest, Math.min(pageSize, left), reverse), call);
    for (const entry of page) {
      const decoded = await open(definition, entry, onPoison);
      if (decoded === undefined) continue;
      yield decoded;
      left--;
      if (left <= 0) return;
    }
    const last = page.at(-1);
    if (last === undefined || page.length < Math.min(pageSize, left)) return;
    if (reverse) highest = `(${last.id}`;
    else lowest = `(${last.id}`;
  }
}

/** Decodes an entry for a reader. Undefined: poison, or a copy that was replayed for one group only. */
export async function open(
  definition: StreamDefinition<never, unknown>,
  { id, fields }: RawEntry,
  onPoison: ((poison: PoisonError) => void) | undefined,
): Promise<DecodedEntry | undefined> {
  if (fields === null || fieldOf(fields, fieldNames.onlyGroup) !== undefined) return undefined;
  const decoded = await decodeEntry(definition, id, fields);
  if (!(decoded instanceof PoisonError)) return decoded;
  tell(onPoison, decoded);
  return undefined;
}
