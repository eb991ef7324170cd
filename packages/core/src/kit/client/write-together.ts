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

/** Texts grow up to so many characters: beyond, the copy would cost more than it saves. */
const mostTogether = 65_536;

/**
 * The `writev` of a socket that carries many small commands. Clients cork a turn's commands, each a piece of text, and Node then
 * makes a list and a buffer of each: half of the processor time of a client with hundreds of calls in flight. As one text they
 * are written for a tenth of that, and as a few where they are many. Whatever holds bytes, or is long, stays as it is.
 */
export function writeTogether(this: unknown, pieces: readonly Piece[], written: Written): void {
  const socket = Object.getPrototypeOf(this) as SocketPrototype;
  const joined = joinTexts(pieces);
  const [first] = joined;
  if (joined.length === 1 && typeof first?.chunk === 'string')
    socket._write.call(this, first.chunk, first.encoding, written);
  else socket._writev.call(this, joined, written);
}

/** Lets a stream that a client made write together, where it is a socket of Node's: another kind may write in its own way. */
export function letWriteTogether(stream: object): void {
  const socket = Object.getPrototypeOf(stream) as Partial<SocketPrototype> | null;
  const hasOwnWay = Object.hasOwn(stream, '_write') || Object.hasOwn(stream, '_writev');
  if (hasOwnWay || typeof socket?._writev !== 'function') return;
  Object.assign(stream, { _writev: writeTogether });
}

function joinTexts(pieces: readonly Piece[]): readonly Piece[] {
  const joined: Piece[] = [];
  let text = '';
  const end = (): void => {
    if (text !== '') joined.push({ chunk: text, encoding: 'utf8' });
    text = '';
  };
  for (const piece of pieces) {
    const { chunk, encoding } = piece;
    if (typeof chunk !== 'string' || encoding !== 'utf8') {
      end();
      joined.push(piece);
      continue;
    }
    if (text.length + chunk.length > mostTogether) end();
    text += chunk;
  }
  end();
  return joined.length === 0 ? pieces : joined;
}
