import { bigintReply, integerReply, type Reply, refuse, stringReply } from '@penknife/core';

/** How a waiter can be told that it is its turn (see `scripts/mutex-state.lua`); `'-'`: it does not wait. */
export type Way = '-' | 'p' | 'n';

/** What the server answered to an acquire, whatever is acquired. */
export type AcquireReply =
  | { readonly state: 'held'; readonly fence: bigint }
  | {
      readonly state: 'waiting';
      /** The holder who stands in the way; of several the one whose lease ends first. Empty: none is known. */
      readonly token: string;
      readonly owner: string;
      readonly leftMs: number;
      /** 0: not in the queue. */
      readonly place: number;
    }
  | { readonly state: 'released' };

/** Makes the reader of an acquire script's reply. */
export function acquireReply(name: string): (reply: Reply) => AcquireReply {
  const text = stringReply(name);
  const integer = integerReply(name);
  const fence = bigintReply(name);
  return (reply) => {
    if (typeof reply === 'string') return { state: 'held', fence: fence(reply) };
    if (!Array.isArray(reply)) return refuse(name, 'a fence or an array', reply);
    if (reply[0] === -1) return { state: 'released' };
    if (reply[0] !== 0 || reply.length !== 5) return refuse(name, 'an array of 1 or 5', reply);
    return {
      state: 'waiting',
      token: text(reply[1]),
      owner: text(reply[2]),
      leftMs: integer(reply[3]),
      place: integer(reply[4]),
    };
  };
}
