import { inspect } from 'node:util';
import type { Clock } from '@penknife/core';
import type { WireCall } from '@penknife/core/driver-kit';
import { Link, type LinkWorld, type Parcel } from './link.js';
import type { Life } from './simulated-process.js';

/** Something that can happen next, and how to make it happen. */
export interface Move {
  readonly number: number;
  readonly weight: number;
  readonly text: () => string;
  readonly sentMs: number;
  run(): void;
}

/** All connections of a world, and what is under way on them. */
export class Network implements LinkWorld {
  readonly #clock: Clock;
  #links: Link[] = [];
  #sent = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  open(owner: Life, name: string): Link {
    const link = new Link(this, owner, name);
    this.#links.push(link);
    return link;
  }

  parcel(what: string, about: Parcel['about'], arrive: () => void): Parcel {
    return { number: this.#sent++, sentMs: this.#clock.monotonic(), what, about, arrive };
  }

  /** Links of a process that have not broken. */
  of(life: Life): Link[] {
    return this.#links.filter((link) => link.owner === life && !link.broken);
  }

  /** Ends every connection at the server, at once. */
  end(): void {
    for (const link of this.#links.splice(0)) link.endAtServer();
  }

  /** Everything that may arrive now, oldest first. */
  moves(): Move[] {
    const moves: Move[] = [];
    let over = false;
    for (const link of this.#links) {
      over ||= link.over;
      const owner = link.owner as Life;
      if (owner.cutOff) continue;
      if (link.toServer.length > 0) moves.push(toServer(link, owner));
      if (link.toProcess.length > 0 && owner.alive && !owner.paused) moves.push(toProcess(link, owner));
    }
    if (over) this.#links = this.#links.filter((link) => !link.over);
    return moves.sort((a, b) => a.number - b.number);
  }
}

function toServer(link: Link, owner: Life): Move {
  const parcel = link.toServer[0] as Parcel;
  return {
    number: parcel.number,
    sentMs: parcel.sentMs,
    weight: owner.weight,
    text: () => `${owner.name} → server  ${describe(parcel)}`,
    run: () => (link.toServer.shift() as Parcel).arrive(),
  };
}

function toProcess(link: Link, owner: Life): Move {
  const parcel = link.toProcess[0] as Parcel;
  return {
    number: parcel.number,
    sentMs: parcel.sentMs,
    weight: owner.weight,
    text: () => `${owner.name} ← server  ${describe(parcel)}`,
    run: () => (link.toProcess.shift() as Parcel).arrive(),
  };
}

/** As much of a text as fits in a line. */
const shown = 60;

function describe({ what, about }: Parcel): string {
  const call = about as WireCall | undefined;
  const text =
    typeof call === 'object' && call !== null && 'args' in call ? callText(call) : replyText(about);
  return [what, text].filter((part) => part !== '').join(' ');
}

function callText(call: WireCall & { readonly script?: { readonly name: string } | undefined }): string {
  const [name, script, ...rest] = call.args.map(String);
  if (name !== 'EVAL' && name !== 'EVALSHA') return cut([name, script, ...rest].join(' '));
  return cut([name, call.script?.name ?? '', ...rest.slice(1)].join(' '));
}

function replyText(reply: unknown): string {
  return reply === undefined ? '' : cut(inspect(reply, { breakLength: Number.POSITIVE_INFINITY }));
}

function cut(text: string): string {
  const line = text.replaceAll('\n', ' ');
  return line.length <= shown ? line : `${line.slice(0, shown)}…`;
}
