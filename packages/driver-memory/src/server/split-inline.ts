import { ProtocolError } from './protocol-error.js';

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', a: '\x07' };
const isSpace = (char: string | undefined): boolean => char !== undefined && /[\s\0]/.test(char);

/** The words of an inline command, as `sdssplitargs` of Redis divides them: "…" with escapes, '…' with \' only. */
export function splitInline(line: string): string[] {
  const words: string[] = [];
  let at = 0;
  for (;;) {
    while (isSpace(line[at])) at++;
    if (at >= line.length) return words;
    let word = '';
    while (at < line.length && !isSpace(line[at])) {
      const char = line[at] as string;
      if (char === '"' || char === "'") {
        const { text, end } = readQuoted(line, at);
        word += text;
        at = end;
        // A closing quote ends the word.
        if (at < line.length && !isSpace(line[at])) throw unbalanced();
        break;
      }
      word += char;
      at++;
    }
    words.push(word);
  }
}

function readQuoted(line: string, start: number): { text: string; end: number } {
  const quote = line[start];
  let text = '';
  for (let at = start + 1; at < line.length; at++) {
    const char = line[at] as string;
    if (char === quote) return { text, end: at + 1 };
    if (char !== '\\' || at + 1 >= line.length) text += char;
    else if (quote === "'") {
      if (line[at + 1] === "'") at++;
      text += line[at];
    } else {
      const hex = /^x([0-9a-f]{2})/i.exec(line.slice(at + 1, at + 4));
      if (hex !== null) {
        text += String.fromCharCode(Number.parseInt(hex[1] as string, 16));
        at += 3;
      } else {
        const next = line[++at] as string;
        text += escapes[next] ?? next;
      }
    }
  }
  throw unbalanced();
}

function unbalanced(): ProtocolError {
  return new ProtocolError('unbalanced quotes in request');
}
