/** One of the pieces that a stream was asked to write while it was corked. */
interface Piece {
  readonly chunk: unknown;
  readonly encoding: string;
}

/** Called when the pieces are written. */
type Written = (error?: Error | null) => void;

/** What stands behind a socket's own `writev`: how Node writes. */
interface SocketPrototype {
  _write(chunk: string, encoding: string, written: Written): void;
  _writev(pieces: readonly Piece[], written: Written): void;
}

/** Up to so many characters are copied into one piece: beyond, the copy would cost more than it saves. */
const mostTogether = 65_536;

/**
 * The `writev` of a socket that carries many small commands. Clients cork a turn's commands, each a piece of text, and Node then
 * makes a list and a buffer of each: half of the processor time of a client with hundreds of calls in flight. As one text they
 * are written for a tenth of that. Whatever holds bytes, or is long, goes the way it always went.
 */
export function writeTogether(this: unknown, pieces: readonly Piece[], written: Written): void {
  const socket = Object.getPrototypeOf(this) as SocketPrototype;
  const text = textOf(pieces);
  if (text === undefined) socket._writev.call(this, pieces, written);
  else socket._write.call(this, text, 'utf8', written);
}

/** Lets a stream that a client made write together, where it is a socket of Node's: another kind may write in its own way. */
export function letWriteTogether(stream: object): void {
  const socket = Object.getPrototypeOf(stream) as Partial<SocketPrototype> | null;
  const hasOwnWay = Object.hasOwn(stream, '_write') || Object.hasOwn(stream, '_writev');
  if (hasOwnWay || typeof socket?._writev !== 'function') return;
  Object.assign(stream, { _writev: writeTogether });
}

function textOf(pieces: readonly Piece[]): string | undefined {
  let text = '';
  for (const { chunk, encoding } of pieces) {
    if (typeof chunk !== 'string' || encoding !== 'utf8') return undefined;
    if (text.length + chunk.length > mostTogether) return undefined;
    text += chunk;
  }
  return text;
}
