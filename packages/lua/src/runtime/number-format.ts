/** Digits and decimal exponent of a finite positive number rounded half-to-even to `precision` digits, as C's printf. */
function significantDigits(value: number, precision: number): { digits: string; exponent: number } {
  const text = value.toExponential(Math.min(precision - 1, 100));
  const split = text.indexOf('e');
  let digits = text.slice(0, split).replace('.', '');
  let exponent = Number(text.slice(split + 1));
  const exact = value.toExponential(100);
  const exactDigits = exact.slice(0, exact.indexOf('e')).replace('.', '');
  if (/^50*$/.test(exactDigits.slice(precision))) {
    // An exact tie: JavaScript rounds away from zero, C to the even digit.
    const kept = exactDigits.slice(0, precision);
    if (Number(kept[precision - 1]) % 2 === 0) {
      digits = kept;
      exponent = Number(exact.slice(exact.indexOf('e') + 1));
    }
  }
  return { digits, exponent };
}

function special(value: number): string | undefined {
  if (Number.isNaN(value)) return '-nan';
  if (value === Infinity) return 'inf';
  if (value === -Infinity) return '-inf';
  return undefined;
}

function signOf(value: number): string {
  return value < 0 || Object.is(value, -0) ? '-' : '';
}

function exponentText(exponent: number): string {
  const size = Math.abs(exponent);
  return `e${exponent < 0 ? '-' : '+'}${size < 10 ? '0' : ''}${size}`;
}

/** C's `%.<precision>e`. */
export function formatExponential(value: number, precision: number): string {
  const known = special(value);
  if (known !== undefined) return known;
  const magnitude = Math.abs(value);
  const { digits, exponent } =
    magnitude === 0
      ? { digits: '0'.repeat(precision + 1), exponent: 0 }
      : significantDigits(magnitude, precision + 1);
  const fraction = digits.slice(1).padEnd(precision, '0');
  return `${signOf(value)}${digits[0]}${precision > 0 ? `.${fraction}` : ''}${exponentText(exponent)}`;
}

/** C's `%.<precision>f`. */
export function formatFixed(value: number, precision: number): string {
  const known = special(value);
  if (known !== undefined) return known;
  const magnitude = Math.abs(value);
  if (magnitude >= 1e21) {
    const fraction = precision > 0 ? `.${'0'.repeat(precision)}` : '';
    return signOf(value) + BigInt(magnitude).toString() + fraction;
  }
  // What scripts print most: times and counts. They need no hundred places to be rounded.
  if (precision === 0 && Number.isSafeInteger(magnitude)) return signOf(value) + integerText(magnitude);
  const exact = magnitude.toFixed(100);
  const point = exact.indexOf('.');
  let text = magnitude
    .toFixed(Math.min(precision, 100))
    .padEnd(precision > 100 ? point + 1 + precision : 0, '0');
  const kept = exact.slice(0, point + 1 + precision).replace(/\.$/, '');
  const rest = exact.slice(point + 1 + precision);
  if (/^50*$/.test(rest) && Number(kept[kept.length - 1]) % 2 === 0) text = kept;
  return signOf(value) + text;
}

/** C's `%.<precision>g`; `keepZeros` is the `#` flag. */
export function formatGeneral(value: number, precision: number, keepZeros = false): string {
  const known = special(value);
  if (known !== undefined) return known;
  const wanted = precision === 0 ? 1 : precision;
  const magnitude = Math.abs(value);
  if (magnitude === 0) return `${signOf(value)}0${keepZeros ? `.${'0'.repeat(wanted - 1)}` : ''}`;
  const { digits, exponent } = significantDigits(magnitude, wanted);
  const trimmed = keepZeros ? digits : digits.replace(/0+$/, '');
  if (exponent < -4 || exponent >= wanted) {
    const fraction = trimmed.slice(1);
    const point = fraction !== '' ? '.' : '';
    return `${signOf(value)}${trimmed[0]}${point}${fraction}${exponentText(exponent)}`;
  }
  if (exponent < 0) return `${signOf(value)}0.${'0'.repeat(-exponent - 1)}${trimmed}`;
  const whole = trimmed.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  const fraction = trimmed.slice(exponent + 1);
  return signOf(value) + whole + (fraction !== '' ? `.${fraction}` : '');
}

/** A safe integer's digits; timestamps in two halves, which V8 prints faster than one double. */
function integerText(value: number): string {
  if (value < 0x4000_0000 || value >= 1e15) return `${value}`;
  const high = Math.floor(value / 1e7);
  return `${high}${`${value - high * 1e7 + 1e7}`.slice(1)}`;
}

/** A number as `tostring` and `..` print it: `%.14g`. */
export function numberToString(value: number): string {
  if (value < 1e14 && value > -1e14 && Number.isInteger(value) && (value !== 0 || !Object.is(value, -0))) {
    return integerText(value);
  }
  return formatGeneral(value, 14);
}

/** A number as Redis 7 hands it to a command: `%.17g`, integers below 1e17 exactly. */
export function preciseNumber(value: number): string {
  if (Number.isSafeInteger(value) && (value !== 0 || !Object.is(value, -0))) return integerText(value);
  return formatGeneral(value, 17);
}

/** A number as Redis 8 and Valkey hand it to a command: the shortest text that reads back the same. */
export function shortestNumber(value: number): string {
  const known = special(value);
  if (known !== undefined) return known;
  if (value === 0) return '0';
  if (Number.isSafeInteger(value)) return integerText(value);
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 63) return BigInt(value).toString();
  const text = Math.abs(value).toExponential();
  const split = text.indexOf('e');
  const digits = text.slice(0, split).replace('.', '');
  const exponent = Number(text.slice(split + 1));
  const scale = exponent - digits.length + 1;
  if (scale >= 0 && exponent < digits.length + 7) return signOf(value) + digits + '0'.repeat(scale);
  if (scale < 0 && (scale > -7 || Math.abs(exponent) < 4)) {
    if (exponent < 0) return `${signOf(value)}0.${'0'.repeat(-exponent - 1)}${digits}`;
    return `${signOf(value)}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
  }
  const fraction = digits.slice(1);
  const sign = exponent < 0 ? '-' : '+';
  return `${signOf(value)}${digits[0]}${fraction ? `.${fraction}` : ''}e${sign}${Math.abs(exponent)}`;
}
