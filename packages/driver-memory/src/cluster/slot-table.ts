import type { SlotCall } from '../engine/cluster-member.js';
import { failure } from '../engine/errors.js';
import { CommandError } from '../engine/reply.js';
import { addressOf, type ClusterNode } from './node.js';
import { slotOfKey } from './slot-of-key.js';

/** How many slots a cluster has. */
export const slotCount = 16384;

const crossSlot = new CommandError("CROSSSLOT Keys in request don't hash to the same slot");
const unserved = new CommandError('CLUSTERDOWN Hash slot not served');
const tryAgain = new CommandError('TRYAGAIN Multiple keys request during rehashing of slot');

/** A slot on its way. */
export interface SlotOnItsWay {
  readonly from: ClusterNode;
  readonly to: ClusterNode;
}

/**
 * Who serves what, as all nodes know it at once: there is no gossip to wait for. Judges commands as Redis' getNodeByQuery.
 */
export class SlotTable {
  readonly #owners: (ClusterNode | undefined)[] = new Array<ClusterNode | undefined>(slotCount).fill(
    undefined,
  );
  /** What the sources and the targets of moves know; the two are told one after another. */
  readonly migrating: Map<number, SlotOnItsWay> = new Map();
  readonly importing: Map<number, SlotOnItsWay> = new Map();

  ownerOf(slot: number): ClusterNode | undefined {
    return this.#owners[slot];
  }

  give(slot: number, owner: ClusterNode | undefined): void {
    this.#owners[slot] = owner;
  }

  /** All slots of one node go to another. */
  hand(from: ClusterNode, to: ClusterNode): void {
    this.#owners.forEach((owner, slot) => {
      if (owner === from) this.#owners[slot] = to;
    });
    for (const moves of [this.migrating, this.importing]) {
      for (const [slot, move] of moves) {
        if (move.from === from) moves.set(slot, { ...move, from: to });
        else if (move.to === from) moves.set(slot, { ...move, to });
      }
    }
  }

  /** The runs of slots that a node serves. */
  rangesOf(node: ClusterNode): readonly (readonly [from: number, to: number])[] {
    const ranges: [number, number][] = [];
    for (let slot = 0; slot < slotCount; slot++) {
      if (this.#owners[slot] !== node) continue;
      const last = ranges.at(-1);
      if (last?.[1] === slot - 1) last[1] = slot;
      else ranges.push([slot, slot]);
    }
    return ranges;
  }

  /** Why a node does not run these calls; undefined: it does. */
  judge(node: ClusterNode, calls: readonly SlotCall[], asking: boolean): CommandError | undefined {
    let slot: number | undefined;
    const keys: string[] = [];
    for (const call of calls) {
      for (const key of call.keys) {
        const own = slotOfKey(key);
        slot ??= own;
        if (this.#owners[slot] === undefined) return unserved;
        if (own !== slot) return crossSlot;
        if (!call.channels) keys.push(key);
      }
    }
    return slot === undefined ? undefined : this.#judgeSlot(node, slot, keys, asking);
  }

  #judgeSlot(
    node: ClusterNode,
    slot: number,
    keys: readonly string[],
    asking: boolean,
  ): CommandError | undefined {
    const owner = this.#owners[slot] as ClusterNode;
    const migrating = owner === node ? this.migrating.get(slot) : undefined;
    const importing = this.importing.get(slot)?.to === node;
    const missing = migrating === undefined && !importing ? 0 : this.#missing(node, keys);
    if (migrating !== undefined && missing > 0) {
      if (missing < keys.length) return tryAgain;
      return new CommandError(`ASK ${slot} ${addressOf(migrating.to)}`);
    }
    if (importing && asking) {
      return missing > 0 && new Set(keys).size > 1 ? tryAgain : undefined;
    }
    return owner === node ? undefined : new CommandError(`MOVED ${slot} ${addressOf(owner)}`);
  }

  #missing({ engine }: ClusterNode, keys: readonly string[]): number {
    // What is past its deadline is missing, whether its time to be taken away has come or not.
    return keys.filter((key) => engine.database(0).peek(key) === undefined).length;
  }
}

/** The error of a slot that somebody serves, or nobody. */
export function assignmentError(slot: number, taken: boolean): CommandError {
  return failure(taken ? `Slot ${slot} is already busy` : `Slot ${slot} is already unassigned`);
}
