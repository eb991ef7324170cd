import { formatExponential, formatFixed, formatGeneral } from '../runtime/number-format.js';
import type { State } from '../runtime/state.js';
import type { LuaValue } from '../runtime/values.js';
import * as args from './arguments.js';

interface Specification {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
}

const LONGEST_FORMATTED = 100;
const SMALLEST_LONG = -(2n ** 63n);

function pad(text: string, { flags, width }: Specification, zeros: boolean): string {
  if (text.length >= width) return text;
  if (flags.includes('-')) return text.padEnd(width);
  if (!zeros || !flags.includes('0')) return text.padStart(width);
  const prefix = /^(?:[+\- ]|0[xX])*/.exec(text)![0];
  return prefix + text.slice(prefix.length).padStart(width - prefix.length, '0');
}

function signed(text: string, flags: string): string {
  if (text.startsWith('-')) return text;
  return flags.includes('+') ? `+${text}` : flags.includes(' ') ? ` ${text}` : text;
}

/** A double cast to a 64-bit integer as the compiler of the real server does it. */
function toLong(value: number): bigint {
  if (!(value >= -(2 ** 63) && value < 2 ** 63)) return SMALLEST_LONG;
  return BigInt(Math.trunc(value));
}

function toUnsignedLong(value: number): bigint {
  if (value >= 2 ** 63 && value < 2 ** 64) return BigInt(Math.trunc(value));
  return BigInt.asUintN(64, toLong(value));
}

/** With precision 0 the number 0 has no digits. */
function integerDigits(value: bigint, base: number, precision: number | undefined): string {
  if (precision === 0 && value === 0n) return '';
  return value.toString(base).padStart(precision ?? 1, '0');
}

function formatInteger(value: number, option: string, specification: Specification): string {
  const { flags, precision } = specification;
  let text: string;
  if (option === 'd' || option === 'i') {
    const long = toLong(value);
    const digits = integerDigits(long < 0n ? -long : long, 10, precision);
    text = signed((long < 0n ? '-' : '') + digits, flags);
  } else {
    const base = option === 'o' ? 8 : option === 'u' ? 10 : 16;
    const unsigned = toUnsignedLong(value);
    text = integerDigits(unsigned, base, precision);
    if (flags.includes('#')) {
      if (base === 16 && unsigned !== 0n) text = `0x${text}`;
      if (base === 8 && !text.startsWith('0')) text = `0${text}`;
    }
    if (option === 'X') text = text.toUpperCase();
  }
  return pad(text, specification, precision === undefined);
}

function formatDouble(value: number, option: string, specification: Specification): string {
  const { flags, precision = 6 } = specification;
  const lower = option.toLowerCase();
  let text =
    lower === 'e'
      ? formatExponential(value, precision)
      : lower === 'f'
        ? formatFixed(value, precision)
        : formatGeneral(value, precision, flags.includes('#'));
  // The flag # keeps the decimal point.
  if (flags.includes('#') && !text.includes('.') && Number.isFinite(value))
    text = text.replace(/(?=e|$)/, '.');
  if (lower !== option) text = text.toUpperCase();
  return pad(signed(text, flags), specification, Number.isFinite(value));
}

function quoted(text: string): string {
  const body = text.replace(/["\\\n\r\0]/g, (char) =>
    char === '\r' ? '\\r' : char === '\0' ? '\\000' : `\\${char}`,
  );
  return `"${body}"`;
}

/** Lua 5.1's `string.format`: C's printf without `*`, `%a` and length letters, plus `%q`. */
export function format(state: State, values: readonly LuaValue[]): string {
  const template = args.stringArgument(state, values, 1);
  let argument = 1;
  let result = '';
  for (let index = 0; index < template.length; index++) {
    const char = template[index]!;
    if (char !== '%') {
      result += char;
      continue;
    }
    index++;
    if (template[index] === '%') {
      result += '%';
      continue;
    }
    argument++;
    if (argument > values.length) args.argumentError(state, argument, 'no value');
    const flags = /^[-+ #0]*/.exec(template.slice(index, index + 20))![0];
    if (flags.length >= 6) state.fail('invalid format (repeated flags)');
    index += flags.length;
    const size = /^(\d{0,2})(\.(\d{0,2}))?/.exec(template.slice(index, index + 6))!;
    index += size[0].length;
    if (/[0-9]/.test(template[index] ?? '')) state.fail('invalid format (width or precision too long)');
    const precision = size[2] === undefined ? undefined : Number(size[3]);
    const specification = { flags, width: Number(size[1]), precision };
    const option = template[index] ?? '';
    switch (option) {
      case 'c': {
        const code = args.integerArgument(state, values, argument) & 0xff;
        // C's sprintf ends at the zero byte it wrote.
        if (code !== 0) result += pad(String.fromCharCode(code), specification, false);
        break;
      }
      case 'd':
      case 'i':
      case 'o':
      case 'u':
      case 'x':
      case 'X':
        result += formatInteger(args.numberArgument(state, values, argument), option, specification);
        break;
      case 'e':
      case 'E':
      case 'f':
      case 'g':
      case 'G':
        result += formatDouble(args.numberArgument(state, values, argument), option, specification);
        break;
      case 'q':
        result += quoted(args.stringArgument(state, values, argument));
        break;
      case 's': {
        const text = args.stringArgument(state, values, argument);
        if (precision === undefined && text.length >= LONGEST_FORMATTED) result += text;
        else {
          const end = text.indexOf('\0');
          const visible = end < 0 ? text : text.slice(0, end);
          result += pad(visible.slice(0, precision), specification, false);
        }
        break;
      }
      default:
        state.fail(`invalid option '%${option}' to 'format'`);
    }
  }
  return result;
}
