import { grisuDigits } from './grisu.js';

/**
 * How a server prints doubles: `seventeen-digits` is C's %.17g (Redis up to 7.0: 0.1 is 0.10000000000000001),
 * `shortest` few digits that read back the same, as Grisu2 finds them (Redis 7.2 and later, Valkey).
 */
export type DoubleStyle = 'seventeen-digits' | 'shortest';

/**
 * Prints a double as ZSCORE and its family do: `inf`, `-inf`, `-0`, integers without a point. Digit for digit the
 * server's, also where Grisu2 is a digit longer than the shortest form.
 */
export function formatDouble(value: number, style: DoubleStyle): string {
  if (Number.isSafeInteger(value)) return Object.is(value, -0) ? '-0' : String(value);
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  return style === 'shortest' ? formatShortest(value) : formatSeventeenDigits(value);
}

/** Beyond this the server no longer prints an integral double through a 64-bit integer. */
const LARGEST_PLAIN_INTEGER = 2 ** 62;

function decompose(exponential: string): { sign: string; digits: string; exponent: number } {
  const [mantissa = '', exponent = '0'] = exponential.split('e');
  const sign = mantissa.startsWith('-') ? '-' : '';
  return { sign, digits: mantissa.replace(/[-.]/g, ''), exponent: Number(exponent) };
}

function plain(digits: string, exponent: number): string {
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`;
  if (digits.length <= exponent + 1) return digits + '0'.repeat(exponent + 1 - digits.length);
  return `${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}

function scientific(digits: string, exponent: number, minimumExponentDigits: number): string {
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
  const size = String(Math.abs(exponent)).padStart(minimumExponentDigits, '0');
  return `${digits[0]}${fraction}e${exponent < 0 ? '-' : '+'}${size}`;
}

function formatSeventeenDigits(value: number): string {
  const { sign, digits, exponent } = decompose(value.toExponential(16));
  // JavaScript rounds an exact half up, C to even: 12345678.0009765625 ends in ...562 there.
  const wide = decompose(value.toExponential(60)).digits;
  const tie = wide[17] === '5' && /^0*$/.test(wide.slice(18)) && Number(wide[16]) % 2 === 0;
  const rounded = tie ? wide.slice(0, 17) : digits;
  const significant = rounded.replace(/0+$/, '');
  const text =
    exponent < -4 || exponent >= 17 ? scientific(significant, exponent, 2) : plain(significant, exponent);
  return sign + text;
}

function formatShortest(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) <= LARGEST_PLAIN_INTEGER) return BigInt(value).toString();
  const { digits, power } = grisuDigits(Math.abs(value));
  const sign = value < 0 ? '-' : '';
  const exponent = power + digits.length - 1;
  const size = Math.abs(exponent);
  const isPlain = power >= 0 ? size < digits.length + 7 : power > -7 || size < 4;
  return sign + (isPlain ? plain(digits, exponent) : scientific(digits, exponent, 1));
}
