import { connect, type Socket } from 'node:net';
import type { Words } from '../support/program.js';

/** Where the frame that begins at `from` ends; undefined when the text does not hold all of it. */
function endOfFrame(text: string, from: number): number | undefined {
  const lineEnd = text.indexOf('\r\n', from);
  if (lineEnd < 0) return undefined;
  const sign = text[from] as string;
  const count = Number(text.slice(from + 1, lineEnd));
  if ('$=!'.includes(sign) && count >= 0) {
    const end = lineEnd + 2 + count + 2;
    return end <= text.length ? end : undefined;
  }
  if (!'*%~>'.includes(sign) || count < 0) return lineEnd + 2;
  let at: number | undefined = lineEnd + 2;
  for (let left = sign === '%' ? count * 2 : count; left > 0 && at !== undefined; left--)
    at = endOfFrame(text, at);
  return at;
}

/** The whole frames of a text, each as it stood on the wire. */
export function framesOf(text: string): string[] {
  const frames: string[] = [];
  for (let at = 0; at < text.length; ) {
    const end = endOfFrame(text, at);
    if (end === undefined) break;
    frames.push(text.slice(at, end));
    at = end;
  }
  return frames;
}

/** A command as clients send it; each char of a word is one byte. */
export function onWire(words: Words): string {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
}

/** A bare connection: bytes in, bytes out. */
export class Wire {
  readonly #socket: Socket;
  #text = '';
  #closed = false;
  #changed: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => {
      this.#text += chunk.toString('latin1');
      this.#changed();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#closed = true;
      this.#changed();
    });
  }

  static open(port: number): Promise<Wire> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => resolve(new Wire(socket)));
      socket.once('error', reject);
    });
  }

  write(bytes: string): void {
    this.#socket.write(bytes, 'latin1');
  }

  /** Waits until the condition holds for all that came since the last call, or the peer closed, and takes it. */
  async take(until: (text: string) => boolean): Promise<{ readonly text: string; readonly closed: boolean }> {
    while (!this.#closed && !until(this.#text)) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
    const text = this.#text;
    this.#text = '';
    return { text, closed: this.#closed };
  }

  close(): void {
    this.#socket.destroy();
  }
}
