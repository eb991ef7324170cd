import { InvalidArgumentError } from '@penknife/core';
import { toBytes } from '../driver/text.js';
import { dumpValue } from '../engine/dump-value.js';
import type { Engine } from '../engine/engine.js';
import { runCommand } from '../engine/execute.js';
import { findCommand } from '../engine/find-command.js';
import { CommandError } from '../engine/reply.js';
import { openRedoSession } from '../replication/redo.js';
import { keysOfSlot } from './keys-of-slot.js';
import { leaveSlot } from './leave-slot.js';
import type { ClusterNode } from './node.js';
import { slotOfKey } from './slot-of-key.js';
import type { SlotTable } from './slot-table.js';

/** A slot on its way from one primary to another. Until `finish` the old one serves it, and asks for what has moved (ASK). */
export interface MemorySlotMove {
  readonly slot: number;
  /** Moves these keys of the slot; commands with some keys here and some there are told to try again. */
  keys(...keys: readonly string[]): void;
  /** Moves what is left and gives the slot to its new primary: from then on the old one answers MOVED. */
  finish(): void;
}

/** Starts to move a slot. */
export function startMove(table: SlotTable, slot: number, to: ClusterNode): MemorySlotMove {
  const from = table.ownerOf(slot);
  if (from === undefined) throw new TypeError(`slot ${slot} is served by nobody`);
  if (from === to)
    throw new InvalidArgumentError('to', 'must be another shard than the one that has it', to.shard);
  if (table.migrating.has(slot)) throw new TypeError(`slot ${slot} is on its way already`);
  table.migrating.set(slot, { from, to });
  table.importing.set(slot, { from, to });
  let finished = false;

  /** Both ends may have been replaced since: a failover hands on what was begun. */
  function ends(): { from: ClusterNode; to: ClusterNode } {
    const move = table.migrating.get(slot);
    if (finished || move === undefined) throw new TypeError(`the move of slot ${slot} is over`);
    return move;
  }

  return {
    slot,
    keys(...keys) {
      const now = ends();
      for (const key of keys) {
        if (slotOfKey(toBytes(key)) !== slot)
          throw new InvalidArgumentError('key', `must be of slot ${slot}`, key);
        moveKey(now.from.engine, now.to.engine, toBytes(key));
      }
      now.from.engine.settle();
      now.to.engine.settle();
    },
    finish() {
      const now = ends();
      for (const key of keysOfSlot(now.from.engine, slot)) moveKey(now.from.engine, now.to.engine, key);
      finished = true;
      table.migrating.delete(slot);
      table.importing.delete(slot);
      table.give(slot, now.to);
      leaveSlot(now.from, slot, table);
      now.to.engine.settle();
    },
  };
}

/** As MIGRATE … REPLACE: whoever watches or tracks the key on either side is told, and replicas see it. */
function moveKey(from: Engine, to: Engine, key: string): void {
  for (const engine of [from, to]) engine.refreshTime();
  const entry = from.database(0).peek(key);
  if (entry === undefined) return;
  const deadline = entry.expiresAt === undefined ? '0' : String(entry.expiresAt);
  run(to, ['RESTORE', key, deadline, dumpValue(entry), 'REPLACE', 'ABSTTL']);
  run(from, ['DEL', key]);
}

/** Runs a command that no client asked for: nobody judges whether its key belongs here. */
function run(engine: Engine, args: readonly string[]): void {
  const session = openRedoSession(engine);
  const command = findCommand(engine.commands, args);
  const reply = command instanceof CommandError ? command : runCommand(session, command, args);
  engine.closeSession(session, true);
  if (reply instanceof CommandError) throw new Error(`${args[0]}: ${reply.err}`);
}
