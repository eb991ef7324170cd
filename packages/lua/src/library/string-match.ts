import { numberToString } from '../runtime/number-format.js';
import type { State } from '../runtime/state.js';
import { LuaTable } from '../runtime/table.js';
import { first, type LuaFunction, type LuaValue, typeName } from '../runtime/values.js';
import * as args from './arguments.js';
import { Matcher, visiblePattern } from './pattern.js';

/** Reads a table as compiled code would, metatables included. */
export type IndexValue = (object: LuaValue, key: LuaValue) => LuaValue;

function find(state: State, values: readonly LuaValue[], wanted: 'find' | 'match'): LuaValue[] | undefined {
  const subject = args.stringArgument(state, values, 1);
  const pattern = args.stringArgument(state, values, 2);
  let start = args.optionalInteger(state, values, 3, 1);
  if (start < 0) start = Math.max(start + subject.length, -1) + 1;
  start = Math.min(Math.max(start - 1, 0), subject.length);
  const plain = values[3] !== undefined && values[3] !== false;
  if (wanted === 'find' && (plain || !/[\^$*+?.([%-]/.test(visiblePattern(pattern)))) {
    const found = subject.indexOf(pattern, start);
    return found < 0 ? undefined : [found + 1, found + pattern.length];
  }
  const anchored = pattern.startsWith('^');
  const matcher = new Matcher(state, subject, pattern);
  let place = start;
  do {
    const end = matcher.matchAt(place, anchored ? 1 : 0);
    if (end >= 0) {
      if (wanted === 'match') return matcher.captures(place, end, true);
      return [place + 1, end, ...matcher.captures(place, end, false)];
    }
    place++;
  } while (place <= subject.length && !anchored);
  return undefined;
}

function gmatch(state: State, values: readonly LuaValue[]): LuaFunction {
  const subject = args.stringArgument(state, values, 1);
  const pattern = args.stringArgument(state, values, 2);
  let place = 0;
  return () => {
    const matcher = new Matcher(state, subject, pattern);
    for (; place <= subject.length; place++) {
      const start = place;
      const end = matcher.matchAt(start, 0);
      if (end < 0) continue;
      place = end === start ? end + 1 : end;
      return matcher.captures(start, end, true);
    }
    return undefined;
  };
}

/** The text a string replacement gives for one match: %0 to %9 are captures, % quotes. */
function expand(matcher: Matcher, subject: string, template: string, start: number, end: number): string {
  let result = '';
  for (let index = 0; index < template.length; index++) {
    const char = template[index]!;
    if (char !== '%') {
      result += char;
      continue;
    }
    index++;
    // A lone % at the end reads the zero byte behind the text, as C does.
    const next = template[index] ?? '\0';
    if (next < '0' || next > '9') result += next;
    else if (next === '0') result += subject.slice(start, end);
    else {
      const value = matcher.capture(next.charCodeAt(0) - 49, start, end);
      result += typeof value === 'number' ? numberToString(value) : value;
    }
  }
  return result;
}

function gsub(state: State, values: readonly LuaValue[], index: IndexValue): LuaValue[] {
  const subject = args.stringArgument(state, values, 1);
  let pattern = args.stringArgument(state, values, 2);
  const replacement = values[2];
  if (
    typeof replacement !== 'string' &&
    typeof replacement !== 'number' &&
    typeof replacement !== 'function' &&
    !(replacement instanceof LuaTable)
  ) {
    args.argumentError(state, 3, 'string/function/table expected');
  }
  const limit = args.optionalInteger(state, values, 4, subject.length + 1);
  const anchored = pattern.startsWith('^');
  if (anchored) pattern = pattern.slice(1);
  const matcher = new Matcher(state, subject, pattern);
  const at = state.at;

  function replace(start: number, end: number): string {
    const whole = subject.slice(start, end);
    let value: LuaValue;
    if (typeof replacement === 'string') return expand(matcher, subject, replacement, start, end);
    if (typeof replacement === 'number') return numberToString(replacement);
    if (typeof replacement === 'function') {
      value = first(state.callBack(replacement, ...matcher.captures(start, end, true)));
    } else value = index(replacement, matcher.capture(0, start, end));
    state.at = at;
    if (value === undefined || value === false) return whole;
    if (typeof value === 'number') return numberToString(value);
    return typeof value === 'string' ? value : state.fail(`invalid replacement value (a ${typeName(value)})`);
  }

  let result = '';
  let place = 0;
  let count = 0;
  while (count < limit) {
    const end = matcher.matchAt(place, 0);
    if (end >= 0) {
      count++;
      result += replace(place, end);
    }
    if (end > place) place = end;
    else if (place < subject.length) result += subject[place++];
    else break;
    if (anchored) break;
  }
  return [result + subject.slice(place), count];
}

/** find, match, gmatch (also as gfind) and gsub. */
export function matchFunctions(state: State, index: IndexValue): Readonly<Record<string, LuaFunction>> {
  return {
    find: (...values) => find(state, values, 'find'),
    match: (...values) => find(state, values, 'match'),
    gmatch: (...values) => gmatch(state, values),
    gfind: (...values) => gmatch(state, values),
    gsub: (...values) => gsub(state, values, index),
  };
}
