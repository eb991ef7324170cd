import { keysOfSlot } from '../../cluster/keys-of-slot.js';
import { slotOfKey } from '../../cluster/slot-of-key.js';
import { integer } from '../../engine/arguments.js';
import type { SlotOrder } from '../../engine/cluster-member.js';
import { failure } from '../../engine/errors.js';
import { OK, type Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import type { CommandFamily } from '../command-family.js';
import { inCluster } from './cluster.js';

const slotCount = 16384;
const badSlot = failure('Invalid or out of range slot');
const badCount = failure('Invalid slot or number of keys');
const badAction = failure('Invalid CLUSTER SETSLOT action or number of arguments. Try CLUSTER HELP');

function slotNumber(text: string): number {
  const slot = integer(text, badSlot);
  if (slot < 0 || slot >= slotCount) throw badSlot;
  return slot;
}

/** Ranges as ADDSLOTSRANGE takes them: pairs of a first and a last slot. */
function slotsOfRanges(args: readonly string[]): number[] {
  if (args.length % 2 !== 0)
    throw failure(`wrong number of arguments for 'cluster|${args[1]?.toLowerCase()}' command`);
  const slots: number[] = [];
  for (let i = 2; i < args.length; i += 2) {
    const [from, to] = [slotNumber(args[i] as string), slotNumber(args[i + 1] as string)];
    if (from > to) throw failure(`start slot number ${from} is greater than end slot number ${to}`);
    for (let slot = from; slot <= to; slot++) slots.push(slot);
  }
  return slots;
}

function assigning(taken: boolean, ranges: boolean): ReturnType<typeof inCluster> {
  return inCluster((member, args) => {
    member.assign(ranges ? slotsOfRanges(args) : args.slice(2).map(slotNumber), taken);
    return OK;
  });
}

const ordersWithNode: Readonly<Record<string, SlotOrder>> = {
  MIGRATING: 'migrating',
  IMPORTING: 'importing',
  NODE: 'node',
};

const setSlot = inCluster((member, args) => {
  const slot = slotNumber(args[2] as string);
  const action = (args[3] as string).toUpperCase();
  if (action === 'STABLE' && args.length === 4) member.order(slot, 'stable', undefined);
  else if (ordersWithNode[action] !== undefined && args.length === 5)
    member.order(slot, ordersWithNode[action], args[4]);
  else throw badAction;
  return OK;
});

function countKeys(session: Session, text: string): Reply {
  const slot = integer(text);
  if (slot < 0 || slot >= slotCount) throw failure('Invalid slot');
  return keysOfSlot(session.engine, slot).length;
}

function getKeys(session: Session, args: readonly string[]): Reply {
  const [slot, count] = [integer(args[2] as string), integer(args[3] as string)];
  if (slot < 0 || slot >= slotCount || count < 0) throw badCount;
  return keysOfSlot(session.engine, slot).slice(0, count);
}

/** Slots: which key lies where, and who serves them. */
export const slotCommands: CommandFamily = {
  'cluster|keyslot': inCluster((_member, args) => slotOfKey(args[2] as string)),
  'cluster|countkeysinslot': inCluster((_member, args, session) => countKeys(session, args[2] as string)),
  'cluster|getkeysinslot': inCluster((_member, args, session) => getKeys(session, args)),
  'cluster|addslots': assigning(true, false),
  'cluster|addslotsrange': assigning(true, true),
  'cluster|delslots': assigning(false, false),
  'cluster|delslotsrange': assigning(false, true),
  'cluster|setslot': setSlot,
};
