import { integerReply, type Reply, refuse, stringReply } from '@penknife/core';

/** What stands at a session's key, or became of an act on it: one shape for all scripts. */
export type Answer =
  | { readonly state: 'live' | 'over'; readonly nowMs: number; readonly fields: ReadonlyMap<string, string> }
  | { readonly state: 'moved'; readonly to: string; readonly generation: string; readonly followed: boolean }
  | { readonly state: 'replayed'; readonly to: string }
  | { readonly state: 'conflict'; readonly fields: readonly string[] }
  | { readonly state: 'limit'; readonly limit: 'fields' | 'bytes' }
  | { readonly state: Plain };

type Plain = 'none' | 'revoked' | 'superseded' | 'foreign' | 'generation' | 'refused' | 'taken' | 'ended';

const plain: ReadonlySet<string> = new Set([
  'none',
  'revoked',
  'superseded',
  'foreign',
  'generation',
  'refused',
  'taken',
  'ended',
]);

/** Reads the answer of the script of this name. */
export function answerReply(name: string): (reply: Reply) => Answer {
  const text = stringReply(name);
  return (reply) => {
    if (!Array.isArray(reply)) return refuse(name, 'an array', reply);
    const [first, second, third, fourth] = reply as readonly Reply[];
    const state = text(first ?? null);
    if (plain.has(state)) return { state: state as Plain };
    switch (state) {
      case 'live':
      case 'over':
        return {
          state,
          nowMs: integerReply(name)(second ?? null),
          fields: fieldsReply(name)(third ?? null),
        };
      case 'moved':
        return { state, to: text(second ?? null), generation: text(third ?? null), followed: fourth !== 0 };
      case 'replayed':
        return { state, to: text(second ?? null) };
      case 'conflict':
        return { state, fields: reply.slice(1).map((field: Reply) => text(field)) };
      case 'limit':
        return { state, limit: second === 'fields' ? 'fields' : 'bytes' };
      default:
        return refuse(name, 'a state', reply);
    }
  };
}

/** Reads a flat list of names and values. */
export function fieldsReply(name: string): (reply: Reply) => ReadonlyMap<string, string> {
  const text = stringReply(name);
  return (reply) => {
    if (!Array.isArray(reply) || reply.length % 2 !== 0) return refuse(name, 'an array of pairs', reply);
    const fields = new Map<string, string>();
    for (let i = 0; i < reply.length; i += 2) fields.set(text(reply[i]), text(reply[i + 1]));
    return fields;
  };
}
