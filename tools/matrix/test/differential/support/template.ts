import fc from 'fast-check';
import type { Words } from './program.js';
import { words as kinds, wordLists } from './words.js';

/** A piece of a command: some words. */
type Piece = fc.Arbitrary<readonly string[]>;

/**
 * Reads the form of a command and gives the arbitrary of its calls. Words in lower case name a kind of word (see
 * words.ts), all others stand for themselves; `( a | b )` is a choice, and a word or group may be followed by `?` (perhaps), `*` (up to 3
 * times) or `+` (1 to 4 times). Everything is separated by blanks: `SET key value ( NX | XX ) ? ( EX seconds ) ?`.
 */
export function commandForm(form: string): fc.Arbitrary<Words> {
  const tokens = form.split(' ').filter(Boolean);
  const piece = readChoice(tokens);
  if (tokens.length > 0) throw new Error(`unbalanced form: ${form}`);
  return piece.map((words) => words as Words);
}

function readChoice(tokens: string[]): Piece {
  const ways = [readSequence(tokens)];
  while (tokens[0] === '|') {
    tokens.shift();
    ways.push(readSequence(tokens));
  }
  return ways.length === 1 ? (ways[0] as Piece) : fc.oneof(...ways);
}

function readSequence(tokens: string[]): Piece {
  const pieces: Piece[] = [];
  for (let token = tokens[0]; token !== undefined && token !== '|' && token !== ')'; token = tokens[0]) {
    tokens.shift();
    let piece = token === '(' ? readChoice(tokens) : readWord(token);
    if (token === '(' && tokens.shift() !== ')') throw new Error('a group is not closed');
    const times = repetition[tokens[0] ?? ''];
    if (times !== undefined) {
      tokens.shift();
      piece = fc.array(piece, times).map((parts) => parts.flat());
    }
    pieces.push(piece);
  }
  return pieces.length === 1 ? (pieces[0] as Piece) : fc.tuple(...pieces).map((parts) => parts.flat());
}

const repetition: Readonly<Record<string, { minLength: number; maxLength: number }>> = {
  '?': { minLength: 0, maxLength: 1 },
  '*': { minLength: 0, maxLength: 3 },
  '+': { minLength: 1, maxLength: 4 },
};

function readWord(token: string): Piece {
  if (!/^[a-z]{2,}$/.test(token)) return fc.constant([token]);
  const list = wordLists[token];
  if (list !== undefined) return list;
  const kind = kinds[token];
  if (kind === undefined) throw new Error(`no kind of word is called "${token}"`);
  return kind.map((word) => [word]);
}
