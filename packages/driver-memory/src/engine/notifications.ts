import type { PubSub } from './pub-sub.js';

/** The letters of `notify-keyspace-events`, each a bit. `A` stands for `g$lshzxetd`. */
const letters = 'g$lshzxetdKEmn';
const allEvents = bitsOf('g$lshzxetd');
const keyspaceBit = bitsOf('K');
const keyeventBit = bitsOf('E');

/** The bits of a setting such as `KEA`; undefined for a letter that is none. */
export function parseNotificationFlags(text: string): number | undefined {
  let bits = 0;
  for (const letter of text) {
    if (letter === 'A') bits |= allEvents;
    else if (letters.includes(letter)) bits |= bitsOf(letter);
    else return undefined;
  }
  return bits;
}

/** The setting as CONFIG GET prints it. */
export function formatNotificationFlags(bits: number): string {
  let text = (bits & allEvents) === allEvents ? 'A' : '';
  const others = text === 'A' ? 'KEm' : 'g$lshzxetdnKEm';
  for (const letter of others) if ((bits & bitsOf(letter)) !== 0) text += letter;
  return text;
}

/** Publishes what happens to keys on `__keyspace@n__` and `__keyevent@n__`, as far as the setting asks for it. */
export class Notifications {
  readonly #pubSub: PubSub;
  readonly #bits: () => number;

  constructor(pubSub: PubSub, bits: () => number) {
    this.#pubSub = pubSub;
    this.#bits = bits;
  }

  notify(type: string, event: string, key: string, database: number): void {
    const bits = this.#bits();
    if ((bits & bitsOf(type)) === 0) return;
    if ((bits & keyspaceBit) !== 0) this.#pubSub.publish(`__keyspace@${database}__:${key}`, event);
    if ((bits & keyeventBit) !== 0) this.#pubSub.publish(`__keyevent@${database}__:${event}`, key);
  }
}

function bitsOf(text: string): number {
  let bits = 0;
  for (const letter of text) bits |= 1 << letters.indexOf(letter);
  return bits;
}
