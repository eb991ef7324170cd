import {
  type Arg,
  type Command,
  checkObject,
  defineScript,
  InvalidArgumentError,
  refuse,
  slotOf,
} from '@penknife/core';
import type { KeysOfGroup } from '../keys.js';
import { finish, isBefore, owned, rows, runEffects } from '../scripts/fragments.js';
import settleOnceLua from '../scripts/settle-once.lua';
import type { Delivery, Finish, Owner } from './delivery.js';

/** One plain command that is the effect of a message, or a part of it. */
export interface Effect {
  readonly args: readonly [name: Uppercase<string>, ...rest: Arg[]];
  /** Every key it touches. All of them in the slot of the stream: their hash tag is the stream's `hashTag`. */
  readonly keys: readonly [string, ...string[]];
}

/** What became of an effect: done now; done before, for this message; or the message was not ours, and nothing was done. */
export type OnceStatus = 'done' | 'duplicate' | 'not-ours';

const name = 'streams/settle-once';
const once = defineScript({
  name,
  lua: settleOnceLua,
  fragments: [owned, isBefore, rows, finish, runEffects],
  keys: 'any',
  args: 'any',
  repeatable: true,
  read(reply): OnceStatus {
    if (reply === 1) return 'done';
    if (reply === 3) return 'duplicate';
    return reply === 0 || reply === -1 ? 'not-ours' : refuse(name, 'a status', reply);
  },
});

/** Checks effects; throws `InvalidArgumentError`. */
export function checkEffects(effects: readonly Effect[], log: string): void {
  if (!Array.isArray(effects) || effects.length === 0 || effects.length > 100) {
    throw new InvalidArgumentError('effects', 'must be an array of 1 to 100 commands', effects);
  }
  for (const effect of effects) {
    checkObject('effect', effect);
    const { args, keys } = effect;
    if (!Array.isArray(args) || !Array.isArray(keys) || keys.length === 0) {
      throw new InvalidArgumentError('effect', 'must have args and keys, both arrays', effect);
    }
    const [command] = args;
    if (typeof command !== 'string' || /^EVAL|^FCALL/.test(command) || args.length > 1000) {
      throw new InvalidArgumentError(
        'effect',
        'must be a plain command of at most 1000 words, no script',
        command,
      );
    }
    for (const key of keys) {
      if (typeof key !== 'string' || !args.includes(key) || slotOf(key) !== slotOf(log)) {
        throw new InvalidArgumentError(
          'key of an effect',
          'must be in its command, with the hash tag of the stream',
          key,
        );
      }
    }
  }
}

/** Every key that effects touch, once. */
export function keysTouched(effects: readonly Effect[]): string[] {
  return [...new Set(effects.flatMap(({ keys }) => keys))];
}

/** Effects as a script takes them: of each how many words, and those. */
export function wordsOf(effects: readonly Effect[]): Arg[] {
  return effects.flatMap(({ args }) => [args.length, ...args]);
}

/** Effects, marker and acknowledgement in one act. */
export function settleOnce(
  keys: KeysOfGroup,
  { group, consumer }: Owner,
  { id, deliveries }: Delivery,
  effects: readonly Effect[],
  marker: { readonly of: string; readonly rememberMs: number },
  how: Finish,
): Command<OnceStatus> {
  return once(
    [keys.log, keys.failures, keys.once(marker.of), ...keysTouched(effects)],
    [group, consumer, id, deliveries, marker.rememberMs, how, ...wordsOf(effects)],
  );
}
