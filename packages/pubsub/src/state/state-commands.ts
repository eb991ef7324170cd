import {
  type Command,
  defineScript,
  nullableBytesReply,
  type Reply,
  refuse,
  type ScriptCall,
} from '@penknife/core';
import { positionReply } from '../commands.js';
import { type Position, readPosition } from '../position.js';
import { append } from '../scripts/append.js';
import changeStateLua from '../scripts/change-state.lua';
import readStateLua from '../scripts/read-state.lua';
import type { AnyStateDefinition } from './state-definition.js';

/** What became of a change. */
export interface ChangeOutcome {
  readonly outcome: 'changed' | 'conflict' | 'full' | 'absent';
  /** The key's version now; undefined when it is absent. */
  readonly version: Position | undefined;
}

/** One entry as it is stored. */
export interface RawEntry {
  readonly version: Position;
  readonly body: Uint8Array;
}

/** All entries, with the newest position at that moment. */
export interface RawState {
  readonly head: Position | undefined;
  readonly entries: readonly (readonly [key: string, entry: RawEntry])[];
}

const outcomes: readonly unknown[] = ['changed', 'conflict', 'full', 'absent'];

const changeScript: ScriptCall<ChangeOutcome, 4, 11> = defineScript({
  name: 'pubsub/change-state',
  lua: changeStateLua,
  fragments: [append],
  keys: 4,
  args: 11,
  read(reply) {
    if (!Array.isArray(reply) || reply.length !== 3 || !outcomes.includes(reply[0])) {
      return refuse('pubsub/change-state', 'an outcome, a version and a number', reply);
    }
    const version = reply[1] === '' ? undefined : positionReply('pubsub/change-state', reply[1]);
    return { outcome: reply[0], version };
  },
});

const readScript: ScriptCall<RawState, 2, 1> = defineScript({
  name: 'pubsub/read-state',
  lua: readStateLua,
  keys: 2,
  args: 1,
  repeatable: true,
  bytes: true,
  read(reply) {
    if (!Array.isArray(reply) || reply.length !== 2 || !Array.isArray(reply[1])) {
      return refuse('pubsub/read-state', 'a head and entries', reply);
    }
    const [head, flat] = reply as [Reply, readonly Reply[]];
    const entries: [string, RawEntry][] = [];
    for (let i = 0; i + 1 < flat.length; i += 2) {
      const [key, value] = [flat[i], flat[i + 1]];
      if (!(key instanceof Uint8Array) || !(value instanceof Uint8Array)) {
        return refuse('pubsub/read-state', 'bytes', reply);
      }
      const entry = entryOf(value);
      if (entry !== undefined) entries.push([Buffer.from(key).toString('utf8'), entry]);
    }
    return { head: head === null ? undefined : positionReply('pubsub/read-state', head), entries };
  },
});

/** Reads `epoch:offset`, a line feed, the value; undefined for what somebody else put there. */
function entryOf(value: Uint8Array): RawEntry | undefined {
  const end = value.indexOf(0x0a);
  const version = end < 0 ? undefined : readPosition(Buffer.from(value.subarray(0, end)).toString('latin1'));
  return version && { version, body: value.subarray(end + 1) };
}

/** The keys of one state, all of one slot. */
export interface StateKeys {
  readonly head: string;
  readonly history: string;
  readonly channel: string;
  readonly state: string;
}

/** Sets or removes one key. `value` undefined: removes. */
export function changeState(
  keys: StateKeys,
  { changes, limit }: AnyStateDefinition,
  message: {
    readonly frameHead: string;
    readonly body: string | Uint8Array;
    readonly epoch: string;
    readonly key: string;
    readonly value: Uint8Array | undefined;
    readonly expect: string;
  },
): Command<ChangeOutcome> {
  const { size, ttlMs, positionTtlMs } = changes.history;
  const { value } = message;
  return changeScript(
    [keys.head, keys.history, keys.channel, keys.state],
    [
      message.frameHead,
      message.body,
      message.epoch,
      size,
      ttlMs,
      positionTtlMs,
      changes.sharded ? 'SPUBLISH' : 'PUBLISH',
      message.key,
      value === undefined ? '' : Buffer.concat([Buffer.from('1'), value]),
      message.expect,
      limit,
    ],
  );
}

/** All entries at one moment. */
export function readState(keys: StateKeys, limit: number): Command<RawState> {
  return readScript([keys.head, keys.state], [limit]);
}

const bytes = nullableBytesReply('HGET');

/** One entry. */
export function readEntry(keys: StateKeys, key: string): Command<RawEntry | undefined> {
  return {
    args: ['HGET', keys.state, key],
    key: keys.state,
    repeatable: true,
    bytes: true,
    read(reply) {
      const value = bytes(reply);
      return value === null ? undefined : entryOf(value);
    },
  };
}
