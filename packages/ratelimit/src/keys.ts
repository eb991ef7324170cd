import { defineKeys, InvalidArgumentError, type KeyBuilders, type Keys } from '@penknife/core';
import type { Algorithm } from './policy/policy.js';

type Ephemeral = { readonly life: 'ephemeral'; readonly holds: string };

/** The kinds of keys. */
interface KeyKinds extends Record<string, Ephemeral> {
  readonly gcra: Ephemeral;
  readonly leaky: Ephemeral;
  readonly bucket: Ephemeral;
  readonly fixed: Ephemeral;
  readonly counter: Ephemeral;
  readonly log: Ephemeral;
  readonly leases: Ephemeral;
  readonly penalty: Ephemeral;
  readonly reservations: Ephemeral;
}

/** Every key of this package. The identifier is the hash tag, so all limits of one identifier share a slot. */
export const rateLimitKeys: Keys<KeyKinds> = defineKeys({
  pattern: 'rl',
  version: 1,
  kinds: {
    gcra: { life: 'ephemeral', holds: 'the theoretical arrival time under `gcra`; gone when recovered' },
    leaky: { life: 'ephemeral', holds: 'the end of the queue under `leaky-bucket`; gone when it is empty' },
    bucket: { life: 'ephemeral', holds: 'the missing tokens under `token-bucket`; gone when it is full' },
    fixed: { life: 'ephemeral', holds: 'the units of a window under `fixed-window`; gone with the window' },
    counter: {
      life: 'ephemeral',
      holds: 'two counters under `sliding-window-counter`; gone two windows later',
    },
    log: {
      life: 'ephemeral',
      holds: 'the charges of a window under `sliding-window-log`; gone a window after the last',
    },
    leases: { life: 'ephemeral', holds: 'the leases under `concurrency`; gone with the last of them' },
    penalty: {
      life: 'ephemeral',
      holds: 'denials, the step of the ladder and the end of the block; gone when forgotten',
    },
    reservations: {
      life: 'ephemeral',
      holds: 'reservations nobody settled yet; gone a minute after the last could count',
    },
  },
});

const kinds = {
  gcra: 'gcra',
  'leaky-bucket': 'leaky',
  'token-bucket': 'bucket',
  'fixed-window': 'fixed',
  'sliding-window-counter': 'counter',
  'sliding-window-log': 'log',
  concurrency: 'leases',
} as const satisfies Record<Algorithm, keyof KeyKinds>;

/** The key of one identifier's state under an algorithm. */
export function stateKey(
  keys: KeyBuilders<KeyKinds>,
  algorithm: Algorithm,
  identifier: string,
  name: string,
): string {
  checkIdentifier(identifier);
  return keys[kinds[algorithm]](identifier, name);
}

/** Refuses what names nobody. */
export function checkIdentifier(identifier: string): void {
  if (typeof identifier !== 'string' || identifier === '')
    throw new InvalidArgumentError('identifier', 'must be a string that is not empty', identifier);
}

/** The builders of one namespace. */
export type RateLimitKeyBuilders = KeyBuilders<KeyKinds>;
