import { ConnectionError, type Reply } from '@penknife/core';
import type { WireCall } from '@penknife/core/driver-kit';

/** Something on its way between a process and the server. */
export interface Parcel {
  /** Its place in the order in which all parcels of the world were sent. */
  readonly number: number;
  readonly sentMs: number;
  readonly what: string;
  readonly about: WireCall | Reply | undefined;
  /** What happens when it arrives. */
  arrive(): void;
}

/** What a link is told of the world around it. */
export interface LinkWorld {
  /** A parcel as it is sent now. */
  parcel(what: string, about: Parcel['about'], arrive: () => void): Parcel;
}

/** Whose link it is. */
export interface LinkOwner {
  readonly name: string;
  readonly alive: boolean;
}

/**
 * One connection between a process and the server. Whatever is sent lies in one of two queues until the scheduler lets it
 * arrive, in order, as on a TCP connection. It ends on each side when that side hears of the end.
 */
export class Link {
  readonly name: string;
  readonly owner: LinkOwner;
  /** On the way to the server, oldest first. */
  toServer: Parcel[] = [];
  /** On the way to the process, oldest first. */
  toProcess: Parcel[] = [];
  readonly #world: LinkWorld;
  readonly #callers = new Set<(error: ConnectionError) => void>();
  /** Nothing that is sent from now on arrives anywhere. */
  #broken = false;
  #ended = false;
  /** Ends the connection at the server. */
  endAtServer: () => void = () => undefined;
  /** Tells the process that its connection is gone. */
  lost: (error: ConnectionError) => void = () => undefined;

  constructor(world: LinkWorld, owner: LinkOwner, name: string) {
    this.#world = world;
    this.owner = owner;
    this.name = name;
  }

  /** Nothing passes any more. */
  get broken(): boolean {
    return this.#broken;
  }

  /** Both sides have heard of its end. */
  get over(): boolean {
    return this.#broken && this.toServer.length === 0 && this.toProcess.length === 0;
  }

  /** Asks the server for something that is answered later, or never. */
  ask<T>(what: string, about: Parcel['about'], act: () => Promise<T>): Promise<T> {
    if (this.#ended) return Promise.reject(new ConnectionError('the connection is gone', { sent: 'no' }));
    return new Promise<T>((resolve, reject) => {
      this.#callers.add(reject);
      const answer = (text: string, reply: Parcel['about'], settle: () => void): void =>
        this.tell(text, reply, () => {
          this.#callers.delete(reject);
          settle();
        });
      this.send(what, about, () =>
        act().then(
          (value) => answer('answer', value as Reply, () => resolve(value)),
          (error) => answer(`error ${String(error)}`, undefined, () => reject(error)),
        ),
      );
    });
  }

  /** Sends something to the server. */
  send(what: string, about: Parcel['about'], arrive: () => void): void {
    if (!this.#broken) this.toServer.push(this.#world.parcel(what, about, arrive));
  }

  /** Sends something to the process. */
  tell(what: string, about: Parcel['about'], arrive: () => void): void {
    if (!this.#broken) this.toProcess.push(this.#world.parcel(what, about, arrive));
  }

  /** The connection breaks: of what is under way to the server the first `kept` arrive, all answers are lost. */
  break(kept: number): void {
    if (this.#broken) return;
    this.toServer.length = Math.min(kept, this.toServer.length);
    this.toProcess = [];
    this.#endBehindAll();
    this.#broken = true;
    this.toProcess.push(this.#world.parcel('connection lost', undefined, () => this.#hearOfLoss()));
  }

  /** The server ended it: what it had answered still arrives, then the end. */
  brokenByServer(): void {
    if (this.#broken) return;
    this.#broken = true;
    this.toServer = [];
    this.toProcess.push(this.#world.parcel('connection lost', undefined, () => this.#hearOfLoss()));
  }

  /** The process closes it, or is dead: of what it sent the first `kept` arrive. Nobody listens any more. */
  closedByProcess(kept: number = this.toServer.length): void {
    this.#ended = true;
    this.toProcess = [];
    if (this.#broken) return;
    this.toServer.length = Math.min(kept, this.toServer.length);
    this.#endBehindAll();
    this.#broken = true;
  }

  #endBehindAll(): void {
    this.toServer.push(this.#world.parcel('end of the connection', undefined, () => this.endAtServer()));
  }

  #hearOfLoss(): void {
    if (this.#ended) return;
    this.#ended = true;
    const error = new ConnectionError('the connection was lost', { sent: 'maybe' });
    const callers = [...this.#callers];
    this.#callers.clear();
    this.lost(error);
    for (const reject of callers) reject(error);
  }
}
