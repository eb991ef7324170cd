import { integerReply, type Reply, refuse, stringReply } from '@penknife/core';
import { readFacts, type SessionFacts } from './data/session-facts.js';

/** A session as a script found or made it. `stored` is the reader's own, to keep and to change. */
export interface FoundSession {
  readonly state: 'live' | 'over';
  readonly nowMs: number;
  readonly facts: SessionFacts;
  /** Field (with its first character) and text: data and flash messages. Empty where a script answers without them. */
  readonly stored: Map<string, string>;
  /** Its description for lists, where a script tells it. */
  readonly device: string;
  /** All of it as it came: field, value, …. */
  readonly flat: readonly string[];
}

/** A session went elsewhere. */
export interface Pointer {
  readonly state: 'moved';
  readonly to: string;
  readonly generation: string;
  readonly followed: boolean;
  /** Where it leads the session may not stand yet. */
  readonly arriving: boolean;
}

/** What stands at a session's key, or became of an act on it: one shape for all scripts. */
export type Answer =
  | FoundSession
  | Pointer
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
  const found = foundReply(name);
  return (reply) => {
    if (!Array.isArray(reply)) return refuse(name, 'an array', reply);
    const [first, second, third, fourth, fifth] = reply as readonly Reply[];
    const state = text(first ?? null);
    switch (state) {
      case 'live':
      case 'over':
        return found(state, second ?? null, third ?? null);
      case 'moved':
        return {
          state,
          to: text(second ?? null),
          generation: text(third ?? null),
          followed: fourth !== 0,
          arriving: fifth === 1,
        };
      case 'replayed':
        return { state, to: text(second ?? null) };
      case 'conflict':
        return { state, fields: reply.slice(1).map((field: Reply) => text(field)) };
      case 'limit':
        return { state, limit: limitReply(second) };
      default:
        return plain.has(state) ? { state: state as Plain } : refuse(name, 'a state', reply);
    }
  };
}

/** Which limit was met. */
export function limitReply(reply: Reply | undefined): 'fields' | 'bytes' {
  return reply === 'fields' ? 'fields' : 'bytes';
}

/** One walk over the fields: this is the path of every request. */
function foundReply(name: string): (state: 'live' | 'over', now: Reply, fields: Reply) => FoundSession {
  const integer = integerReply(name);
  const pairs = pairsOf(name);
  return (state, now, fields) => {
    const flat = pairs(fields);
    const stored = new Map<string, string>();
    let head = '';
    let since = '';
    let user: string | null = null;
    let device = '';
    for (let i = 0; i < flat.length; i += 2) {
      const field = flat[i] as string;
      const value = flat[i + 1] as string;
      if (field === '@') head = value;
      else if (field === 's') since = value;
      else if (field === 'u') user = value;
      else if (field === 'i') device = value;
      else if (isDataField(field)) stored.set(field, value);
    }
    return { state, nowMs: integer(now), facts: readFacts(head, since, user), stored, device, flat };
  };
}

function isDataField(field: string): boolean {
  return field.startsWith('.') || field.startsWith('!');
}

/** Checks a flat list of names and values. */
function pairsOf(name: string): (reply: Reply) => readonly string[] {
  const text = stringReply(name);
  return (reply) => {
    if (!Array.isArray(reply) || reply.length % 2 !== 0) return refuse(name, 'an array of pairs', reply);
    for (const each of reply as readonly Reply[]) text(each);
    return reply as readonly string[];
  };
}

/** Reads a flat list of names and values. */
export function fieldsReply(name: string): (reply: Reply) => ReadonlyMap<string, string> {
  const pairs = pairsOf(name);
  return (reply) => {
    const flat = pairs(reply);
    const fields = new Map<string, string>();
    for (let i = 0; i < flat.length; i += 2) fields.set(flat[i] as string, flat[i + 1] as string);
    return fields;
  };
}
