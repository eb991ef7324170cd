const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/;
const HEXADECIMAL = /^([+-]?)0[xX](?:([0-9a-fA-F]+)\.?([0-9a-fA-F]*)|\.([0-9a-fA-F]+))(?:[pP]([+-]?\d+))?/;
const NAMED = /^([+-]?)(infinity|inf|nan)/i;

/** The number at the start of a text and how many characters it took, as C's strtod; undefined when there is none. */
export function leadingNumber(text: string): { value: number; length: number } | undefined {
  const hexadecimal = HEXADECIMAL.exec(text);
  if (hexadecimal) {
    const whole = hexadecimal[2] ?? '';
    const fraction = hexadecimal[3] ?? hexadecimal[4] ?? '';
    let value = 0;
    for (const digit of whole) value = value * 16 + Number.parseInt(digit, 16);
    let scale = 1 / 16;
    for (const digit of fraction) {
      value += Number.parseInt(digit, 16) * scale;
      scale /= 16;
    }
    value *= 2 ** Number(hexadecimal[5] ?? 0);
    return { value: hexadecimal[1] === '-' ? -value : value, length: hexadecimal[0].length };
  }
  const decimal = DECIMAL.exec(text);
  if (decimal) return { value: Number(decimal[0]), length: decimal[0].length };
  const named = NAMED.exec(text);
  if (!named) return undefined;
  const value = named[2]!.toLowerCase() === 'nan' ? Number.NaN : Number.POSITIVE_INFINITY;
  return { value: named[1] === '-' ? -value : value, length: named[0].length };
}

/** A string read as a number the way arithmetic and `tonumber` do; undefined when it is none. */
export function stringToNumber(text: string): number | undefined {
  return plainDigits(text) ?? parseNumber(text);
}

/** The common case, digits and nothing else, without a regular expression. */
function plainDigits(text: string): number | undefined {
  const { length } = text;
  if (length === 0 || length > 15) return undefined;
  let value = 0;
  for (let index = 0; index < length; index++) {
    const digit = text.charCodeAt(index) - 48;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value;
}

function parseNumber(text: string): number | undefined {
  // Lua hands a C string to strtod: nothing after a zero byte is seen.
  const end = text.indexOf('\0');
  const visible = (end < 0 ? text : text.slice(0, end)).replace(/^[ \t\n\v\f\r]+/, '');
  const found = leadingNumber(visible);
  if (found === undefined) return undefined;
  for (let index = found.length; index < visible.length; index++) {
    if (!' \t\n\v\f\r'.includes(visible[index]!)) return undefined;
  }
  return found.value;
}
