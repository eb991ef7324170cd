import type { World } from '../driver/world.js';
import { checkedLose, checkLag, defaultLag } from './lag.js';
import { Replica } from './replica.js';

/** A replica behind one engine, and how it takes over. */
export class Failover {
  readonly #world: World;
  readonly #maxLag: number;
  #replica: Replica;

  constructor(world: World, { maxLag = defaultLag }: { readonly maxLag?: number }) {
    checkLag('replica.maxLag', maxLag, 1);
    this.#world = world;
    this.#maxLag = maxLag;
    this.#replica = new Replica(world.engine, maxLag);
  }

  /** Follows the engine that is there now. */
  follow(): void {
    this.#replica.stop();
    this.#replica = new Replica(this.#world.engine, this.#maxLag);
  }

  /** The server dies; what takes its place has not seen the last writes. */
  run(options: { readonly lose?: number } = {}): void {
    this.#world.refuseClosed();
    const lose = checkedLose(options, this.#maxLag);
    const { engine } = this.#world;
    const keys = this.#replica.takeOver(lose);
    this.#world.cut();
    engine.scripts.flush();
    keys.restoreTo(engine);
    this.#replica = new Replica(engine, this.#maxLag);
  }
}
