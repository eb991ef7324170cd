import type { RandomSource } from '@penknife/core';

/** Who publishes: one per `createPubSub`, and what it numbers its messages with. */
export interface Origin {
  /** 12 characters, unique for all practical purposes (72 random bits). */
  readonly name: string;
  /** A new message id: the name and a running number in base 36. */
  nextId(): string;
}

/** A new origin. */
export function createOrigin(random: RandomSource): Origin {
  const name = Buffer.from(random.bytes(9)).toString('base64url');
  let number = 0;
  return { name, nextId: () => name + (++number).toString(36) };
}
