import { Replica } from '../replication/replica.js';
import type { ClusterNode } from './node.js';
import type { SlotTable } from './slot-table.js';

/** A primary, and the replica that is to take its place. */
export class Shard {
  readonly #table: SlotTable;
  readonly #lag: number;
  #primary: ClusterNode;
  readonly #other: { node: ClusterNode; following: Replica } | undefined;

  constructor(table: SlotTable, primary: ClusterNode, replica: ClusterNode | undefined, lag: number) {
    this.#table = table;
    this.#lag = lag;
    this.#primary = primary;
    if (replica === undefined) return;
    replica.primary = primary;
    this.#other = { node: replica, following: new Replica(primary.engine, lag) };
  }

  get primary(): ClusterNode {
    return this.#primary;
  }

  /** The replica takes over without the last `lose` writes. The two change places: the old primary is refused until it is restored. */
  failOver(lose: number): void {
    if (this.#other === undefined) return;
    const { node: taker, following } = this.#other;
    const loser = this.#primary;
    const keys = following.takeOver(lose);
    loser.world.refuse();
    taker.world.restore();
    loser.engine.flushAll();
    loser.engine.scripts.flush();
    // Users and libraries stand in files that all nodes read, or are replicated at once.
    for (const [name, user] of loser.engine.users) taker.engine.users.set(name, user);
    taker.engine.functions.adopt(loser.engine.functions);
    keys.restoreTo(taker.engine);
    taker.primary = undefined;
    loser.primary = taker;
    this.#table.hand(loser, taker);
    this.#primary = taker;
    this.#other.node = loser;
    this.#other.following = new Replica(taker.engine, this.#lag);
    // It comes back at once, empty, as a replica that answers MOVED.
    loser.world.restore();
  }

  close(): void {
    this.#other?.following.stop();
  }
}
