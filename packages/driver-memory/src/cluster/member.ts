import type { ClusterMember, ClusterNodeFacts, SlotOrder } from '../engine/cluster-member.js';
import { failure } from '../engine/errors.js';
import { leaveSlot } from './leave-slot.js';
import type { ClusterNode } from './node.js';
import { assignmentError, type SlotTable } from './slot-table.js';

/** What one node's engine knows of its cluster. */
export function memberOf(node: ClusterNode, all: readonly ClusterNode[], table: SlotTable): ClusterMember {
  function otherNode(id: string | undefined, unknown: string): ClusterNode {
    const found = all.find((other) => other.id === id);
    if (found === undefined) throw failure(`${unknown} ${id}`);
    return found;
  }

  function facts(one: ClusterNode): ClusterNodeFacts {
    return {
      ...{ id: one.id, host: one.host, port: one.port, primaryId: one.primary?.id },
      isReachable: one.world.state !== 'down',
      ranges: table.rangesOf(one),
      migrating: [...table.migrating]
        .filter(([, { from }]) => from === one)
        .map(([slot, { to }]) => [slot, to.id] as const),
      importing: [...table.importing]
        .filter(([, { to }]) => to === one)
        .map(([slot, { from }]) => [slot, from.id] as const),
    };
  }

  function order(slot: number, what: SlotOrder, nodeId: string | undefined): void {
    const owner = table.ownerOf(slot);
    if (what === 'migrating') {
      if (owner !== node) throw failure(`I'm not the owner of hash slot ${slot}`);
      table.migrating.set(slot, { from: node, to: otherNode(nodeId, "I don't know about node") });
    } else if (what === 'importing') {
      if (owner === node) throw failure(`I'm already the owner of hash slot ${slot}`);
      table.importing.set(slot, { from: otherNode(nodeId, "I don't know about node"), to: node });
    } else if (what === 'stable') {
      if (table.migrating.get(slot)?.from === node) table.migrating.delete(slot);
      if (table.importing.get(slot)?.to === node) table.importing.delete(slot);
    } else {
      const taker = otherNode(nodeId, 'Unknown node');
      table.give(slot, taker);
      table.migrating.delete(slot);
      table.importing.delete(slot);
      if (owner !== undefined && owner !== taker) leaveSlot(owner, slot, table);
    }
  }

  return {
    id: node.id,
    judge: (calls, asking) => table.judge(node, calls, asking),
    publishElsewhere(channel, message) {
      for (const other of all) {
        if (other === node || other.world.state === 'down') continue;
        other.engine.pubSub.publish(channel, message);
      }
    },
    nodes: () => all.map(facts),
    assign(slots, taken) {
      for (const slot of slots) {
        if ((table.ownerOf(slot) !== undefined) === taken) throw assignmentError(slot, taken);
      }
      for (const slot of slots) table.give(slot, taken ? node : undefined);
    },
    order,
  };
}
