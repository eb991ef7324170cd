import { arrayReply, defineScript, integerReply, type ScriptCall } from '@penknife/core';
import { type AcquireReply, acquireReply } from './acquire-reply.js';

/** The text of a script, and what is put before it. */
export interface LeaseLua {
  readonly lua: string;
  readonly fragments: readonly string[];
}

/** The acts on a lease that every kind has, by scripts of its own. Each is harmless when run twice: the same token is the same request. */
export interface LeaseScripts {
  readonly acquire: ScriptCall<AcquireReply, number, number>;
  /** True when the token was the last that was granted, or held a lease up to now. */
  readonly leave: ScriptCall<boolean, 1, number>;
  /** One 1 or 0 for each key. */
  readonly extend: ScriptCall<number[], number, number>;
}

/** Makes the scripts of a kind. */
export function leaseScripts(
  kind: 'mutex' | 'shares',
  texts: Readonly<Record<keyof LeaseScripts, LeaseLua>>,
): LeaseScripts {
  const nameOf = (act: keyof LeaseScripts): string => `locks/${kind}-${act}`;
  const acquire = nameOf('acquire');
  const leave = integerReply(nameOf('leave'));
  return {
    acquire: defineScript({
      name: acquire,
      ...texts.acquire,
      keys: 'any',
      args: 'any',
      repeatable: true,
      read: acquireReply(acquire),
    }),
    leave: defineScript({
      name: nameOf('leave'),
      ...texts.leave,
      keys: 1,
      args: 'any',
      repeatable: true,
      read: (reply) => leave(reply) === 1,
    }),
    extend: defineScript({
      name: nameOf('extend'),
      ...texts.extend,
      keys: 'any',
      args: 'any',
      repeatable: true,
      read: arrayReply(nameOf('extend'), integerReply(nameOf('extend'))),
    }),
  };
}
