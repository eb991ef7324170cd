import { operandError } from './access.js';
import { metamethod } from './metatables.js';
import { numberToString } from './number-format.js';
import { stringToNumber } from './number-parse.js';
import type { Site, State } from './state.js';
import { LuaTable } from './table.js';
import { first, type LuaValue, truthy, typeName } from './values.js';

/** Lua's operators over any values; each takes the site its errors speak of. */
export interface Operators {
  add(left: LuaValue, right: LuaValue, site: Site): LuaValue;
  subtract(left: LuaValue, right: LuaValue, site: Site): LuaValue;
  multiply(left: LuaValue, right: LuaValue, site: Site): LuaValue;
  divide(left: LuaValue, right: LuaValue, site: Site): LuaValue;
  modulo(left: LuaValue, right: LuaValue, site: Site): LuaValue;
  power(left: LuaValue, right: LuaValue, site: Site): LuaValue;
  negate(value: LuaValue, site: Site): LuaValue;
  length(value: LuaValue, site: Site): LuaValue;
  concat(left: LuaValue, right: LuaValue, site: Site): LuaValue;
  equal(left: LuaValue, right: LuaValue, site: Site): boolean;
  less(left: LuaValue, right: LuaValue, site: Site): boolean;
  lessOrEqual(left: LuaValue, right: LuaValue, site: Site): boolean;
  /** Checks a numeric for loop's start, limit or step. */
  loopNumber(value: LuaValue, what: string, site: Site): number;
}

/** A number, or a string that reads as one; undefined otherwise. */
export function toNumber(value: LuaValue): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? stringToNumber(value) : undefined;
}

/** Lua's `%` on numbers: the sign follows the divisor. */
export function moduloNumbers(left: number, right: number): number {
  return left - Math.floor(left / right) * right;
}

/** `^` as C's pow: unlike JavaScript's, one to any power is one. */
export function powerNumbers(base: number, exponent: number): number {
  if (base === 1 || (base === -1 && (exponent === Infinity || exponent === -Infinity))) return 1;
  return base ** exponent;
}

type NumberOperation = (left: number, right: number) => number;

/** Builds the operators of one state. */
export function createOperators(state: State): Operators {
  function event(name: string, left: LuaValue, right: LuaValue, site: Site): LuaValue | typeof NONE {
    let handler = metamethod(state, left, name);
    if (handler === undefined) handler = metamethod(state, right, name);
    if (handler === undefined) return NONE;
    state.at = site;
    return call(handler, left, right, site);
  }

  function call(handler: LuaValue, left: LuaValue, right: LuaValue, site: Site): LuaValue {
    state.callsWith(2);
    if (typeof handler === 'function') return first(handler(left, right));
    const inner = metamethod(state, handler, '__call');
    if (typeof inner === 'function') return first(inner(handler, left, right));
    return state.failAt(site, operandError('call', undefined, handler));
  }

  function arithmetic(
    name: string,
    left: LuaValue,
    right: LuaValue,
    site: Site,
    operation: NumberOperation,
  ): LuaValue {
    const a = toNumber(left);
    const b = toNumber(right);
    if (a !== undefined && b !== undefined) return operation(a, b);
    const result = event(name, left, right, site);
    if (result !== NONE) return result;
    const leftIsWrong = a === undefined;
    const culprit = leftIsWrong ? left : right;
    return state.failAt(
      site,
      operandError('perform arithmetic on', leftIsWrong ? site.left : site.right, culprit),
    );
  }

  const plus: NumberOperation = (a, b) => a + b;
  const minus: NumberOperation = (a, b) => a - b;
  const times: NumberOperation = (a, b) => a * b;
  const over: NumberOperation = (a, b) => a / b;

  function textOf(value: LuaValue): string | undefined {
    if (typeof value === 'string') return value;
    return typeof value === 'number' ? numberToString(value) : undefined;
  }

  function orderError(left: LuaValue, right: LuaValue, site: Site): never {
    const a = typeName(left);
    const b = typeName(right);
    return state.failAt(
      site,
      a === b ? `attempt to compare two ${a} values` : `attempt to compare ${a} with ${b}`,
    );
  }

  /** Comparisons ask a metamethod only when both sides share it. */
  function shared(name: string, left: LuaValue, right: LuaValue): LuaValue {
    if (typeName(left) !== typeName(right)) return undefined;
    const handler = metamethod(state, left, name);
    if (handler === undefined) return undefined;
    return handler === metamethod(state, right, name) ? handler : undefined;
  }

  function lessSlow(left: LuaValue, right: LuaValue, site: Site): boolean {
    const handler = shared('__lt', left, right);
    if (handler === undefined) return orderError(left, right, site);
    state.at = site;
    return truthy(call(handler, left, right, site));
  }

  return {
    add: (left, right, site) =>
      typeof left === 'number' && typeof right === 'number'
        ? left + right
        : arithmetic('__add', left, right, site, plus),
    subtract: (left, right, site) =>
      typeof left === 'number' && typeof right === 'number'
        ? left - right
        : arithmetic('__sub', left, right, site, minus),
    multiply: (left, right, site) =>
      typeof left === 'number' && typeof right === 'number'
        ? left * right
        : arithmetic('__mul', left, right, site, times),
    divide: (left, right, site) =>
      typeof left === 'number' && typeof right === 'number'
        ? left / right
        : arithmetic('__div', left, right, site, over),
    modulo: (left, right, site) =>
      typeof left === 'number' && typeof right === 'number'
        ? left - Math.floor(left / right) * right
        : arithmetic('__mod', left, right, site, moduloNumbers),
    power: (left, right, site) =>
      typeof left === 'number' && typeof right === 'number'
        ? powerNumbers(left, right)
        : arithmetic('__pow', left, right, site, powerNumbers),
    negate(value, site) {
      if (typeof value === 'number') return -value;
      return arithmetic('__unm', value, value, site, (a) => -a);
    },
    length(value, site) {
      if (value instanceof LuaTable) return value.length();
      if (typeof value === 'string') return value.length;
      return state.failAt(site, operandError('get length of', site.left, value));
    },
    concat(left, right, site) {
      if (typeof left === 'string' && typeof right === 'string') return left + right;
      const a = textOf(left);
      const b = textOf(right);
      if (a !== undefined && b !== undefined) return a + b;
      const result = event('__concat', left, right, site);
      if (result !== NONE) return result;
      const leftIsWrong = a === undefined;
      return state.failAt(
        site,
        operandError('concatenate', leftIsWrong ? site.left : site.right, leftIsWrong ? left : right),
      );
    },
    equal(left, right, site) {
      if (left === right) return true;
      if (!(left instanceof LuaTable) || !(right instanceof LuaTable)) return false;
      const handler = shared('__eq', left, right);
      if (handler === undefined) return false;
      state.at = site;
      return truthy(call(handler, left, right, site));
    },
    less(left, right, site) {
      if (typeof left === 'number' && typeof right === 'number') return left < right;
      if (typeof left === 'string' && typeof right === 'string') return left < right;
      return lessSlow(left, right, site);
    },
    lessOrEqual(left, right, site) {
      if (typeof left === 'number' && typeof right === 'number') return left <= right;
      if (typeof left === 'string' && typeof right === 'string') return left <= right;
      const handler = shared('__le', left, right);
      if (handler === undefined) return !reversed(left, right, site);
      state.at = site;
      return truthy(call(handler, left, right, site));
    },
    loopNumber(value, what, site) {
      const number = toNumber(value);
      if (number === undefined) return state.failAt(site, `'for' ${what} must be a number`);
      return number;
    },
  };

  /** Without __le, `a <= b` is `not (b < a)`. */
  function reversed(left: LuaValue, right: LuaValue, site: Site): boolean {
    const handler = shared('__lt', right, left);
    if (handler === undefined) return orderError(left, right, site);
    state.at = site;
    return truthy(call(handler, right, left, site));
  }
}

const NONE: unique symbol = Symbol('no metamethod');
