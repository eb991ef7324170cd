import { connect, type Socket } from 'node:net';

/** A bare connection to a server under test: bytes in, bytes out. */
export class RawClient {
  readonly socket: Socket;
  #text = '';
  #closed = false;
  #changed: () => void = () => undefined;

  constructor(where: { port: number } | { path: string }) {
    this.socket = connect('port' in where ? { port: where.port, host: '127.0.0.1' } : where);
    this.socket.on('data', (chunk) => {
      this.#text += chunk.toString('latin1');
      this.#changed();
    });
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => {
      this.#closed = true;
      this.#changed();
    });
  }

  /** Sends inline commands. */
  send(...lines: string[]): void {
    this.socket.write(lines.map((line) => `${line}\r\n`).join(''), 'latin1');
  }

  /** All that came until it ends so, taken. Throws when the peer closes before. */
  async until(end: string): Promise<string> {
    await this.#when(() => this.#text.includes(end));
    if (!this.#text.includes(end)) throw new Error(`closed after ${JSON.stringify(this.#text)}`);
    const at = this.#text.indexOf(end) + end.length;
    const taken = this.#text.slice(0, at);
    this.#text = this.#text.slice(at);
    return taken;
  }

  /** One command and its reply, which ends with this text. */
  async ask(line: string, end = '\r\n'): Promise<string> {
    this.send(line);
    return this.until(end);
  }

  /** Waits until the peer has closed; what came until then. */
  async end(): Promise<string> {
    await this.#when(() => false);
    return this.#text;
  }

  close(): void {
    this.socket.destroy();
  }

  async #when(holds: () => boolean): Promise<void> {
    while (!this.#closed && !holds()) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }
}
