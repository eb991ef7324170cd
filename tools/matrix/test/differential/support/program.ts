import type { Arg } from '@penknife/core';

/** One command's words; each char of a word is one byte. */
export type Words = readonly [name: string, ...rest: string[]];

/** What a program does in one step, on lane 0 unless told. */
export type Step =
  | { readonly do: 'send'; readonly words: Words; readonly lane?: 1 }
  | { readonly do: 'transaction'; readonly commands: readonly Words[] }
  | { readonly do: 'wait'; readonly ms: number };

/** A sequence of steps that both sides run from an empty server. */
export type Program = readonly Step[];

const plainWord = /^[!#-&(-[\]-~]+$/;

/** A word as a line shows it: as it is, or as a JSON text when it holds anything unusual. */
function shownWord(word: string): string {
  if (plainWord.test(word)) return word;
  return JSON.stringify(word).replace(/[\x7f-\xff]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
}

/** Words in one line, which `wordsOf` reads back. */
export function shownWords(words: Words): string {
  return words.map(shownWord).join(' ');
}

/** Reads a line of words: separated by blanks, JSON texts where they hold blanks or bytes. */
export function wordsOf(line: string): Words {
  const words = line.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? [];
  return words.map((word) => (word.startsWith('"') ? String(JSON.parse(word)) : word)) as [string];
}

/** A program, one command a line. */
export function shownProgram(program: Program): string {
  const lines = program.flatMap((step) => {
    if (step.do === 'wait') return [`(wait ${step.ms} ms)`];
    if (step.do === 'send') return [(step.lane === 1 ? '(lane 1) ' : '') + shownWords(step.words)];
    return ['(MULTI)', ...step.commands.map((words) => `  ${shownWords(words)}`), '(EXEC)'];
  });
  return lines.join('\n');
}

/** Commands a program sends. */
export function commandCount(program: Program): number {
  return program.reduce((sum, step) => {
    if (step.do === 'wait') return sum;
    return sum + (step.do === 'send' ? 1 : step.commands.length);
  }, 0);
}

/** Words as a driver takes them. */
export function argsOf([name, ...rest]: Words): readonly [Uppercase<string>, ...Arg[]] {
  // As bytes: a driver refuses some text that only the server shall refuse here.
  return [name as Uppercase<string>, ...rest.map((word) => Buffer.from(word, 'latin1'))];
}
