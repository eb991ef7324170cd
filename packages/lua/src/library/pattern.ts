import type { State } from '../runtime/state.js';
import type { LuaValue } from '../runtime/values.js';

const MAXIMUM_CAPTURES = 32;
const UNFINISHED = -1;
const POSITION = -2;

/** What a `%a`-like class holds; the letter in lower case. */
const CLASSES: Readonly<Record<string, (code: number) => boolean>> = {
  a: (code) => (code >= 65 && code <= 90) || (code >= 97 && code <= 122),
  c: (code) => code < 32 || code === 127,
  d: (code) => code >= 48 && code <= 57,
  l: (code) => code >= 97 && code <= 122,
  p: (code) =>
    (code >= 33 && code <= 47) ||
    (code >= 58 && code <= 64) ||
    (code >= 91 && code <= 96) ||
    (code >= 123 && code <= 126),
  s: (code) => code === 32 || (code >= 9 && code <= 13),
  u: (code) => code >= 65 && code <= 90,
  w: (code) => (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122),
  x: (code) => (code >= 48 && code <= 57) || (code >= 65 && code <= 70) || (code >= 97 && code <= 102),
  z: (code) => code === 0,
};

function inClass(code: number, letter: number): boolean {
  const name = String.fromCharCode(letter);
  const lower = name.toLowerCase();
  const test = Object.hasOwn(CLASSES, lower) ? CLASSES[lower] : undefined;
  if (test === undefined) return letter === code;
  return lower === name ? test(code) : !test(code);
}

const ESCAPE = 37;
const [OPEN, CLOSE, STAR, PLUS, MINUS, DOT, QUESTION, BRACKET, CARET, DOLLAR, END_BRACKET] = [
  ...'()*+-.?[^$]',
].map((char) => char.charCodeAt(0)) as [
  ...[number, number, number, number, number, number, number, number, number, number, number],
];

/** A pattern up to its first zero byte. */
export function visiblePattern(pattern: string): string {
  const end = pattern.indexOf('\0');
  return end < 0 ? pattern : pattern.slice(0, end);
}

/** Lua 5.1's backtracking pattern matcher over one subject and one pattern (after lstrlib.c). */
export class Matcher {
  /** Captures of the last successful `match`. */
  level = 0;
  private readonly state: State;
  private readonly subject: string;
  private readonly pattern: string;
  private readonly starts: number[] = [];
  private readonly lengths: number[] = [];

  constructor(state: State, subject: string, pattern: string) {
    this.state = state;
    this.subject = subject;
    // Lua 5.1 reads patterns as C strings: a zero byte ends them.
    this.pattern = visiblePattern(pattern);
  }

  /** Matches the pattern from `patternStart` at one place of the subject: the end of the match, or -1. */
  matchAt(start: number, patternStart: number): number {
    this.level = 0;
    return this.match(start, patternStart);
  }

  /** Capture `index` (from 0); without captures the whole match. */
  capture(index: number, start: number, end: number): LuaValue {
    if (index >= this.level) {
      if (index === 0) return this.subject.slice(start, end);
      return this.state.fail('invalid capture index');
    }
    const length = this.lengths[index]!;
    if (length === UNFINISHED) return this.state.fail('unfinished capture');
    if (length === POSITION) return this.starts[index]! + 1;
    return this.subject.slice(this.starts[index], this.starts[index]! + length);
  }

  /** All captures, or the whole match where the pattern has none and `whole` asks for it. */
  captures(start: number, end: number, whole: boolean): LuaValue[] {
    const count = this.level === 0 && whole ? 1 : this.level;
    return Array.from({ length: count }, (_, index) => this.capture(index, start, end));
  }

  private match(subjectStart: number, patternStart: number): number {
    let s = subjectStart;
    let p = patternStart;
    const { subject, pattern } = this;
    for (;;) {
      if (p >= pattern.length) return s;
      const code = pattern.charCodeAt(p);
      if (code === OPEN) {
        if (pattern.charCodeAt(p + 1) === CLOSE) return this.startCapture(s, p + 2, POSITION);
        return this.startCapture(s, p + 1, UNFINISHED);
      }
      if (code === CLOSE) return this.endCapture(s, p + 1);
      if (code === ESCAPE) {
        const next = pattern[p + 1];
        if (next === 'b') {
          s = this.matchBalance(s, p + 2);
          if (s < 0) return -1;
          p += 4;
          continue;
        }
        if (next === 'f') {
          p += 2;
          if (pattern.charCodeAt(p) !== BRACKET) this.state.fail("missing '[' after '%f' in pattern");
          const end = this.classEnd(p);
          const previous = s === 0 ? 0 : subject.charCodeAt(s - 1);
          const current = s < subject.length ? subject.charCodeAt(s) : 0;
          if (this.matchSet(previous, p, end - 1) || !this.matchSet(current, p, end - 1)) return -1;
          p = end;
          continue;
        }
        if (next !== undefined && next >= '0' && next <= '9') {
          s = this.matchBackReference(s, pattern.charCodeAt(p + 1));
          if (s < 0) return -1;
          p += 2;
          continue;
        }
      }
      if (code === DOLLAR && p + 1 === pattern.length) return s === subject.length ? s : -1;
      const end = this.classEnd(p);
      const here = s < subject.length && this.matchSingle(subject.charCodeAt(s), p, end);
      switch (pattern.charCodeAt(end)) {
        case QUESTION: {
          if (here) {
            const result = this.match(s + 1, end + 1);
            if (result >= 0) return result;
          }
          p = end + 1;
          continue;
        }
        case STAR:
          return this.expandMost(s, p, end);
        case PLUS:
          return here ? this.expandMost(s + 1, p, end) : -1;
        case MINUS:
          return this.expandLeast(s, p, end);
        default:
          if (!here) return -1;
          s++;
          p = end;
      }
    }
  }

  private expandMost(s: number, p: number, end: number): number {
    let count = 0;
    while (s + count < this.subject.length && this.matchSingle(this.subject.charCodeAt(s + count), p, end))
      count++;
    for (; count >= 0; count--) {
      const result = this.match(s + count, end + 1);
      if (result >= 0) return result;
    }
    return -1;
  }

  private expandLeast(start: number, p: number, end: number): number {
    for (let s = start; ; s++) {
      const result = this.match(s, end + 1);
      if (result >= 0) return result;
      if (s >= this.subject.length || !this.matchSingle(this.subject.charCodeAt(s), p, end)) return -1;
    }
  }

  private startCapture(s: number, p: number, kind: number): number {
    if (this.level >= MAXIMUM_CAPTURES) this.state.fail('too many captures');
    this.starts[this.level] = s;
    this.lengths[this.level] = kind;
    this.level++;
    const result = this.match(s, p);
    if (result < 0) this.level--;
    return result;
  }

  private endCapture(s: number, p: number): number {
    let open = this.level - 1;
    while (open >= 0 && this.lengths[open] !== UNFINISHED) open--;
    if (open < 0) this.state.fail('invalid pattern capture');
    this.lengths[open] = s - this.starts[open]!;
    const result = this.match(s, p);
    if (result < 0) this.lengths[open] = UNFINISHED;
    return result;
  }

  private matchBackReference(s: number, digit: number): number {
    const index = digit - 49;
    if (index < 0 || index >= this.level || this.lengths[index] === UNFINISHED) {
      this.state.fail('invalid capture index');
    }
    const length = this.lengths[index]!;
    // A position capture counts as endless: it never matches.
    if (length === POSITION) return -1;
    const text = this.subject.slice(this.starts[index], this.starts[index]! + length);
    return this.subject.startsWith(text, s) ? s + length : -1;
  }

  private matchBalance(start: number, p: number): number {
    if (p + 1 >= this.pattern.length) this.state.fail('unbalanced pattern');
    const { subject, pattern } = this;
    if (subject[start] !== pattern[p]) return -1;
    let depth = 1;
    for (let s = start + 1; s < subject.length; s++) {
      if (subject[s] === pattern[p + 1]) {
        if (--depth === 0) return s + 1;
      } else if (subject[s] === pattern[p]) depth++;
    }
    return -1;
  }

  private classEnd(start: number): number {
    const { pattern } = this;
    let p = start;
    const code = pattern.charCodeAt(p++);
    if (code === ESCAPE) {
      if (p >= pattern.length) this.state.fail("malformed pattern (ends with '%')");
      return p + 1;
    }
    if (code !== BRACKET) return p;
    if (pattern.charCodeAt(p) === CARET) p++;
    do {
      if (p >= pattern.length) this.state.fail("malformed pattern (missing ']')");
      if (pattern.charCodeAt(p++) === ESCAPE && p < pattern.length) p++;
    } while (pattern.charCodeAt(p) !== END_BRACKET);
    return p + 1;
  }

  private matchSingle(code: number, p: number, end: number): boolean {
    switch (this.pattern.charCodeAt(p)) {
      case DOT:
        return true;
      case ESCAPE:
        return inClass(code, this.pattern.charCodeAt(p + 1));
      case BRACKET:
        return this.matchSet(code, p, end - 1);
      default:
        return this.pattern.charCodeAt(p) === code;
    }
  }

  /** Whether a byte is in the set from `[` at `start` to `]` at `end`. */
  private matchSet(code: number, start: number, end: number): boolean {
    const { pattern } = this;
    let p = start + 1;
    const negated = pattern.charCodeAt(p) === CARET;
    if (negated) p++;
    for (; p < end; p++) {
      const current = pattern.charCodeAt(p);
      if (current === ESCAPE) {
        p++;
        if (inClass(code, pattern.charCodeAt(p))) return !negated;
      } else if (pattern.charCodeAt(p + 1) === MINUS && p + 2 < end) {
        if (current <= code && code <= pattern.charCodeAt(p + 2)) return !negated;
        p += 2;
      } else if (current === code) return !negated;
    }
    return negated;
  }
}
