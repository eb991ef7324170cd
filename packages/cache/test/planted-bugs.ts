import type { Command } from '@penknife/core';
import { plantedBug } from '@penknife/testing';
import { readEntry, writeEntry } from '../src/entry/header.js';

/** A defect planted into what a process sends or hears, or asks of its cache. */
export type PlantedBug =
  /** Loaded values are stored whatever became of their lease. */
  | 'unfenced-fill'
  /** Invalidations that a message missed are never replayed. */
  | 'no-replay'
  /** Everybody who asks gets the lease. */
  | 'no-lease'
  /** Invalidating a tag raises no floor, and tells nobody. */
  | 'deaf-tag'
  /** A value that is set leaves the lease of who loads the old one. */
  | 'lenient-set'
  /** Who writes through takes no lease, and stores all the same. */
  | 'unclaimed-write'
  /** What is invalidated several at once stays where it is. */
  | 'careless-batch'
  /** Values are stored for a hundred times their time. */
  | 'long-lived'
  /** A tag whose record was lost gets one without a floor. */
  | 'floorless-record'
  /** The local tier gives what lacks a tag of the call. */
  | 'tagless-hit'
  /** Whoever declares a tag waits for a load of somebody who does not. */
  | 'tagless-join';

const floorless = plantedBug({
  script: 'cache/keep-tags',
  right: 'expired = record.position, removed = record.position,',
  wrong: 'expired = 0, removed = 0,',
});

/** Not overruled: the entry and its lease stay. */
export function careless<T>(command: Command<T>): Command<T> {
  const { script, args, ...rest } = command;
  if (script?.name !== 'cache/overrule' || args[6] === 'set') return command;
  return { ...rest, args: ['EVAL', 'return 1', ...args.slice(2)] };
}

/** A command as a process with the bug sends it. */
export function planted<T>(command: Command<T>, bug: PlantedBug | undefined): Command<T> {
  const name = command.script?.name;
  const args = [...command.args] as unknown as Command<T>['args'];
  const asEval = (lua: string): Command<T> => {
    const { script: _script, ...rest } = command;
    return { ...rest, args: ['EVAL', lua, ...args.slice(2)] };
  };
  if (bug === 'unfenced-fill' && name === 'cache/fill')
    return asEval("redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) return 1");
  if (bug === 'no-lease' && name === 'cache/enter') return asEval("return { 'lease' }");
  if (bug === 'deaf-tag' && name === 'cache/announce')
    return {
      ...command,
      args: args.map((arg) =>
        arg === 'remove-tag' || arg === 'expire-tag' ? 'key' : arg,
      ) as unknown as typeof args,
    };
  if (bug === 'lenient-set' && name === 'cache/overrule' && args[5] === 'set')
    return asEval("redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) return 1");
  if (bug === 'unclaimed-write' && name === 'cache/claim') return asEval('return 1');
  if (bug === 'unclaimed-write' && name === 'cache/fill' && String(args[5]).startsWith('w.'))
    return asEval("redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) return 1");
  if (bug === 'long-lived' && name === 'cache/fill') {
    const entry = readEntry(args[6] as Uint8Array);
    if (entry === undefined) return command;
    const { header, value } = entry;
    const bytes = writeEntry({ ...header, ttlMs: header.ttlMs * 100 }, value);
    return { ...command, args: args.with(6, bytes).with(7, Number(args[7]) * 100) as unknown as typeof args };
  }
  if (bug === 'floorless-record') return floorless(command);
  if (bug === 'no-replay' && name === 'cache/catch-up') {
    const read = command.read;
    return { ...command, read: (reply) => ({ ...read(reply), complete: true, invalidations: [] }) };
  }
  return command;
}
