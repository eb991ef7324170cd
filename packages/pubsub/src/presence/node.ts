import {
  ClosedError,
  isPenknifeError,
  reportListenerError,
  sentOf,
  type Timer,
  waitWithin,
} from '@penknife/core';
import type { SharedParts } from '../shared-parts.js';
import { beatScript, enterScript, removeMember } from './presence-commands.js';
import type { RoomActs } from './room-acts.js';

/** One connection that this process holds in a room. */
export interface Held {
  readonly room: string;
  readonly user: string;
  readonly connection: string;
}

/** For how long whoever took a dead node may take to remove it. */
const claimMs = 5000;
/** How many dead nodes one process buries at once. */
const burials = 10;
/** How many connections are removed at once of those that are still to be. */
const removals = 20;
/** A lease that ends at this very moment is looked at a little later. */
const slackMs = 20;

/**
 * This process among the others: one lease for all that it holds, renewed by one command however many users there are. It
 * also watches the leases of the others, and removes what a dead one held. When its own lease is over it comes back under
 * another name, with everything that it holds: what it was called before can never hold anything again.
 */
export class PresenceNode {
  readonly #shared: SharedParts;
  readonly #acts: RoomActs;
  readonly #leaseMs: number;
  readonly #leases: readonly [string, string];
  readonly #held = new Map<string, Held>();
  /** What is to be removed, until the server has answered: a ghost would live as long as this process does. */
  readonly #unreleased = new Map<string, Held>();
  readonly #entered = new Set<string>();
  #generation = 0;
  /** The names before and the rooms of each, until all it held is under the present one and they are buried. */
  readonly #former = new Map<string, readonly string[]>();
  /** The lease of the present name, once it is asked for. */
  #begun: Promise<void> | undefined;
  /** Others that are this one's to bury. */
  readonly #dead = new Set<string>();
  #timer: Timer | undefined;
  #dueMs = 0;
  #watching = 0;
  #beating: Promise<void> | undefined;
  #removing: Promise<unknown> | undefined;
  #returning: Promise<void> | undefined;
  #burying: Promise<void> | undefined;
  #ended = false;

  constructor(shared: SharedParts, acts: RoomActs, leaseMs: number) {
    this.#shared = shared;
    this.#acts = acts;
    this.#leaseMs = leaseMs;
    const { keys } = shared.names;
    this.#leases = [keys.leases('nodes'), keys.dying('nodes')];
  }

  /** Its name on the server, of this generation. */
  get name(): string {
    return `${this.#shared.origin.name}.${this.#generation}`;
  }

  /** Holds a connection, from now on through every generation. False: the room is full. */
  async hold(held: Held): Promise<boolean> {
    await this.#leased();
    try {
      const joined = await this.#join(held);
      if (joined) this.#held.set(held.connection, held);
      return joined;
    } catch (error) {
      // It may be there, and nobody holds it.
      if (sentOf(error) !== 'no') this.#unreleased.set(held.connection, held);
      throw error;
    }
  }

  /** Rejects when it is not known to have been made: then it is made with one of the next beats. */
  async release(held: Held): Promise<void> {
    const { connection } = held;
    if (!this.#held.delete(connection) && !this.#unreleased.has(connection)) return;
    this.#unreleased.set(connection, held);
    await this.#remove(held);
  }

  async #remove(held: Held): Promise<void> {
    const { room, connection } = held;
    await this.#acts.leave(room, this.name, connection);
    // Another stands there when it was joined again meanwhile.
    if (this.#unreleased.get(connection) === held) this.#unreleased.delete(connection);
  }

  /** Removes what is still to be removed. Whatever fails is tried again with a later beat. */
  #removeRest(): void {
    if (this.#removing !== undefined || this.#unreleased.size === 0) return;
    const rest = [...this.#unreleased.values()].values();
    const work = async (): Promise<void> => {
      for (const held of rest) {
        if (this.#ended) return;
        await this.#remove(held).catch(reportUnlessClosed);
      }
    };
    const workers = Array.from({ length: removals }, work);
    this.#removing = Promise.all(workers).finally(() => {
      this.#removing = undefined;
    });
  }

  /** Keeps an eye on the other nodes until the returned function is called. */
  watch(): () => void {
    this.#watching++;
    this.#arm(0);
    return () => {
      this.#watching--;
      if (this.#isIdle) this.#disarm();
    };
  }

  /** Nobody watches, and nothing is held nor to be removed. */
  get #isIdle(): boolean {
    const left = this.#former.size + this.#unreleased.size;
    return this.#watching === 0 && this.#begun === undefined && left === 0;
  }

  /** Removes what is due to be removed now. */
  async look(): Promise<void> {
    for (let taken = burials; taken === burials; ) {
      const { dead } = await this.#shared.driver.send(this.#beat('', 'renew', this.#leaseMs));
      taken = dead.length;
      for (const node of dead) if (this.#isOther(node)) await this.#bury(node);
    }
  }

  /** Ends it: at once, or `handOverMs` from now, by the lease, so that whoever comes back elsewhere by then has never left. */
  async end(handOverMs: number | undefined): Promise<void> {
    if (handOverMs !== undefined) await this.#gather();
    this.#ended = true;
    this.#disarm();
    await this.#beating;
    await this.#removing;
    await this.#returning;
    if (this.#begun !== undefined) {
      await this.#begun.catch(() => undefined);
      if (handOverMs !== undefined) {
        await this.#shared.driver.send(this.#beat(this.name, 'renew', handOverMs, 0));
      } else {
        await this.#bury(this.name);
        await this.#shared.driver.send(removeMember('ZREM', this.#leases[0], this.name));
      }
    }
    await this.#buryFormer();
    await this.#burying;
  }

  /** Only who is back can be handed over, and who is gone would be with them. The beats go on until then. */
  async #gather(): Promise<void> {
    await this.#renew().catch(reportUnlessClosed);
    // Also where a fault has ended the last return.
    if (this.#former.size > 0) this.#return();
    await this.#returning;
    // With a server that is away each takes its deadline.
    const { clock } = this.#shared.driver;
    const rest = waitWithin(clock, this.#releaseRest(), { deadlineMs: this.#leaseMs }, 'maybe');
    await rest.catch(reportUnlessClosed);
  }

  /** Finds out whether its lease is over, and comes back when it is. */
  async #renew(): Promise<void> {
    await this.#begun;
    if (this.#begun === undefined) return;
    const { name } = this;
    const { holds } = await this.#shared.driver.send(this.#beat(name, 'renew', this.#leaseMs, 0));
    if (!holds) this.#rebirth(name);
  }

  async #releaseRest(): Promise<void> {
    // A pass that is under way knows nothing of what came after it.
    await this.#removing;
    this.#removeRest();
    await this.#removing;
  }

  /** Whoever takes dead nodes has to bury them: until its claim is over nobody else does. */
  #beat(node: string, mode: 'begin' | 'renew', leaseMs: number, takes = burials) {
    return beatScript([...this.#leases], [node, leaseMs, mode, claimMs, takes]);
  }

  /** Nothing is joined under a name before this: whoever dies there would leave what no lease tells of. */
  #leased(): Promise<void> {
    if (this.#begun !== undefined) return this.#begun;
    const beginning = this.#begin();
    this.#begun = beginning;
    beginning.catch(() => {
      if (this.#begun === beginning) this.#begun = undefined;
    });
    return beginning;
  }

  async #begin(): Promise<void> {
    const { nextMs } = await this.#shared.driver.send(this.#beat(this.name, 'begin', this.#leaseMs, 0));
    this.#arm(this.#nextBeat(nextMs));
  }

  async #join({ room, user, connection }: Held): Promise<boolean> {
    for (;;) {
      const { name } = this;
      await this.#leased();
      const entered = name === this.name && (this.#entered.has(room) || (await this.#enter(room)));
      const outcome = entered ? await this.#acts.join(room, name, user, connection) : 'over';
      // What was joined under a name that is over by now is buried with it.
      if (outcome !== 'over' && name === this.name) return outcome === 'joined';
      if (outcome === 'over') this.#rebirth(name);
    }
  }

  async #enter(room: string): Promise<boolean> {
    const { name } = this;
    const entered = await this.#sendEnter(name, room);
    // Whoever buries a name goes by what had been entered when it was over.
    if (!entered || name !== this.name) return false;
    this.#entered.add(room);
    return true;
  }

  #sendEnter(name: string, room: string): Promise<boolean> {
    return this.#shared.driver.send(enterScript([this.#shared.names.keys.rooms(name)], [room]));
  }

  /** Comes back under a new name with everything it holds, and then removes what is left of the old one. */
  #rebirth(old: string): void {
    if (this.#ended) throw new ClosedError('presence', 'maybe');
    if (old !== this.name) return;
    this.#generation++;
    this.#former.set(old, [...this.#entered]);
    this.#entered.clear();
    this.#begun = undefined;
    this.#return();
  }

  /** No beat waits for it: with many rooms it takes longer than the lease. A fault on the way leaves it to the next beat. */
  #return(): void {
    this.#returning ??= this.#bringBack()
      .catch((error) => {
        reportUnlessClosed(error);
        this.#arm(Math.min(this.#leaseMs / 3, 1000));
      })
      .finally(() => {
        this.#returning = undefined;
      });
  }

  async #bringBack(): Promise<void> {
    // Once more when the name is over meanwhile: what is under it is not under the next one.
    for (let name: string | undefined; name !== this.name; ) {
      name = this.name;
      await this.#leased();
      for (const held of this.#held.values()) {
        // What is closed has nobody to bring back.
        if (this.#ended) throw new ClosedError('presence', 'maybe');
        try {
          await this.#join(held);
        } finally {
          // Released meanwhile, perhaps before it was joined: then it stands there, answered or not, and nobody holds it.
          if (!this.#held.has(held.connection)) this.#unreleased.set(held.connection, { ...held });
        }
      }
      if (name === this.name) await this.#buryFormer();
    }
  }

  async #buryFormer(): Promise<void> {
    // Not what is over from now on: nothing it held is back yet.
    for (const [old, rooms] of [...this.#former]) {
      // A server that lost them knows none of its rooms, and may have been told of joins since.
      for (const room of rooms) await this.#sendEnter(old, room);
      await this.#bury(old);
      this.#former.delete(old);
    }
  }

  async #bury(node: string): Promise<void> {
    await this.#acts.bury(node);
    await this.#shared.driver.send(removeMember('ZREM', this.#leases[1], node));
  }

  /** What it is or was called itself it buries when everything is back. */
  #isOther(node: string): boolean {
    return node !== this.name && !this.#former.has(node);
  }

  /** No beat waits for it either. What meets a fault comes back when the claim is over, to whoever beats first. */
  #buryOthers(dead: readonly string[]): void {
    for (const node of dead) this.#dead.add(node);
    if (this.#dead.size === 0) return;
    const work = async (): Promise<void> => {
      for (const node of this.#dead) {
        if (this.#ended) return;
        if (this.#isOther(node)) await this.#bury(node).catch(reportUnlessClosed);
        this.#dead.delete(node);
      }
    };
    this.#burying ??= work().finally(() => {
      this.#burying = undefined;
    });
  }

  #nextBeat(nextMs: number | undefined): number {
    return Math.min(this.#leaseMs / 3, (nextMs ?? this.#leaseMs) + slackMs);
  }

  /** A beat that is to come sooner stays. */
  #arm(delayMs: number): void {
    if (this.#ended) return;
    const { clock } = this.#shared.driver;
    const dueMs = clock.monotonic() + Math.max(1, delayMs);
    if (this.#timer !== undefined && this.#dueMs <= dueMs) return;
    this.#timer?.cancel();
    this.#dueMs = dueMs;
    this.#timer = clock.timer(Math.max(1, delayMs), () => {
      this.#timer = undefined;
      // One that takes long is not overtaken by the next.
      this.#beating ??= this.#tick().finally(() => {
        this.#beating = undefined;
      });
    });
  }

  #disarm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  async #tick(): Promise<void> {
    let next = Math.min(this.#leaseMs / 3, 1000);
    try {
      const { name } = this;
      const own = this.#begun === undefined ? '' : name;
      const { holds, nextMs, dead } = await this.#shared.driver.send(this.#beat(own, 'renew', this.#leaseMs));
      if (!holds) this.#rebirth(name);
      else if (this.#former.size > 0) this.#return();
      this.#buryOthers(dead);
      // No lease waits for them.
      this.#removeRest();
      next = this.#nextBeat(nextMs);
    } catch (error) {
      // The server does not answer: asked again soon. Whoever closed the driver alone has ended this too.
      if (isClosed(error)) return;
      reportListenerError(error);
    }
    if (!this.#isIdle) this.#arm(next);
  }
}

function isClosed(error: unknown): boolean {
  return isPenknifeError(error) && error.code === 'CLOSED';
}

function reportUnlessClosed(error: unknown): void {
  if (!isClosed(error)) reportListenerError(error);
}
