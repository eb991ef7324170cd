import { moduloNumbers, powerNumbers } from '../runtime/operators.js';
import type { State } from '../runtime/state.js';
import type { LuaTable } from '../runtime/table.js';
import type { LuaFunction, LuaValue } from '../runtime/values.js';
import * as args from './arguments.js';
import { RANDOM_RANGE, type ScriptRandom } from './random.js';

const doubleView = new DataView(new ArrayBuffer(8));

/** C's frexp: a fraction in [0.5, 1) and the power of two it is scaled by. */
function frexp(value: number): [number, number] {
  if (value === 0 || !Number.isFinite(value)) return [value, 0];
  doubleView.setFloat64(0, value);
  const bits = (doubleView.getUint32(0) >>> 20) & 0x7ff;
  if (bits === 0) {
    const [fraction, exponent] = frexp(value * 2 ** 64);
    return [fraction, exponent - 64];
  }
  const exponent = bits - 1022;
  doubleView.setUint32(0, (doubleView.getUint32(0) & 0x800f_ffff) | (1022 << 20));
  return [doubleView.getFloat64(0), exponent];
}

/** C's ldexp, in two steps so that large exponents do not overflow on the way. */
function ldexp(value: number, exponent: number): number {
  const half = Math.trunc(Math.max(-2200, Math.min(2200, exponent)) / 2);
  const rest = Math.max(-2200, Math.min(2200, exponent)) - half;
  return value * 2 ** half * 2 ** rest;
}

function random(state: State, source: ScriptRandom, values: readonly LuaValue[]): number {
  const fraction = (source.next() % RANDOM_RANGE) / RANDOM_RANGE;
  if (values.length === 0) return fraction;
  if (values.length > 2) state.fail('wrong number of arguments');
  const low = values.length === 1 ? 1 : args.integerArgument(state, values, 1);
  const high = args.integerArgument(state, values, values.length);
  if (low > high) args.argumentError(state, values.length, 'interval is empty');
  return Math.floor(fraction * (high - low + 1)) + low;
}

/** The math library; `source` goes on from run to run, as on a server. */
export function mathLibrary(state: State, source: ScriptRandom): LuaTable {
  const plain =
    (operation: (value: number) => number): LuaFunction =>
    (...values) =>
      operation(args.numberArgument(state, values, 1));
  const paired =
    (operation: (left: number, right: number) => number): LuaFunction =>
    (...values) =>
      operation(args.numberArgument(state, values, 1), args.numberArgument(state, values, 2));
  const extreme =
    (better: (candidate: number, best: number) => boolean): LuaFunction =>
    (...values) => {
      let best = args.numberArgument(state, values, 1);
      for (let position = 2; position <= values.length; position++) {
        const candidate = args.numberArgument(state, values, position);
        if (better(candidate, best)) best = candidate;
      }
      return best;
    };
  const remainder = paired((left, right) => left % right);
  return args.libraryTable({
    abs: plain(Math.abs),
    acos: plain(Math.acos),
    asin: plain(Math.asin),
    atan: plain(Math.atan),
    atan2: paired(Math.atan2),
    ceil: plain(Math.ceil),
    cos: plain(Math.cos),
    cosh: plain(Math.cosh),
    deg: plain((value) => value / (Math.PI / 180)),
    exp: plain(Math.exp),
    floor: plain(Math.floor),
    fmod: remainder,
    frexp: (...values) => frexp(args.numberArgument(state, values, 1)),
    huge: Number.POSITIVE_INFINITY,
    ldexp: (...values) =>
      ldexp(args.numberArgument(state, values, 1), args.integerArgument(state, values, 2)),
    log: plain(Math.log),
    log10: plain(Math.log10),
    max: extreme((candidate, best) => candidate > best),
    min: extreme((candidate, best) => candidate < best),
    mod: remainder,
    modf(...values) {
      const value = args.numberArgument(state, values, 1);
      const whole = Math.trunc(value);
      return [whole, Number.isFinite(value) ? value - whole : 0];
    },
    pi: Math.PI,
    pow: paired(powerNumbers),
    rad: plain((value) => value * (Math.PI / 180)),
    random: (...values) => random(state, source, values),
    randomseed(...values) {
      source.seed(moduloNumbers(args.integerArgument(state, values, 1), 2 ** 32));
      return [];
    },
    sin: plain(Math.sin),
    sinh: plain(Math.sinh),
    sqrt: plain(Math.sqrt),
    tan: plain(Math.tan),
    tanh: plain(Math.tanh),
  });
}
