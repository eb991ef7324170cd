/** An exact finite value read from text: sign and numerator / denominator. */
export interface ExactValue {
  readonly negative: boolean;
  readonly numerator: bigint;
  readonly denominator: bigint;
}

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i;
const HEXADECIMAL = /^([+-]?)0x([0-9a-f]*)(?:\.([0-9a-f]*))?(?:p([+-]?\d+))?$/i;
const INFINITE = /^([+-]?)inf(?:inity)?$/i;

/** Largest power of ten worth computing: beyond it every C floating type has overflowed or is zero. */
const EXPONENT_LIMIT = 6000;

/**
 * Reads the syntax of C's strtod and strtold without leading space, exactly: decimal and hexadecimal floats and
 * infinities. `overflow` and `underflow` stand for exponents no C type reaches; undefined for anything else, NaN too.
 */
export function parseExactValue(
  text: string,
): ExactValue | 'inf' | '-inf' | 'overflow' | 'underflow' | undefined {
  const infinite = INFINITE.exec(text);
  if (infinite !== null) return infinite[1] === '-' ? '-inf' : 'inf';
  const decimal = DECIMAL.exec(text);
  const match = decimal ?? HEXADECIMAL.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponentText = '0'] = match;
  const digits = whole + fraction;
  if (digits === '') return undefined;
  const negative = sign === '-';
  const mantissa = BigInt(decimal === null ? `0x${digits}` : digits);
  if (mantissa === 0n) return { negative, numerator: 0n, denominator: 1n };
  const base = decimal === null ? 2n : 10n;
  const exponent = Number(exponentText) - fraction.length * (decimal === null ? 4 : 1);
  const reach = base === 2n ? EXPONENT_LIMIT * 4 : EXPONENT_LIMIT;
  if (exponent + digits.length * (decimal === null ? 4 : 1) < -reach) return 'underflow';
  if (exponent > reach) return 'overflow';
  return exponent >= 0
    ? { negative, numerator: mantissa * base ** BigInt(exponent), denominator: 1n }
    : { negative, numerator: mantissa, denominator: base ** BigInt(-exponent) };
}
