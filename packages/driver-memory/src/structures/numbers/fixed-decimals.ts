/**
 * Prints a double as C's `%.<decimals>f`: never an exponent, and an exact half goes to the even digit, where JavaScript's
 * toFixed goes up.
 */
export function fixedDecimals(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  const size = Math.abs(value);
  if (size >= 1e21) return `${BigInt(value)}.${'0'.repeat(decimals)}`;
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const text = size.toFixed(decimals);
  // Only a number of half units of 2^-decimals can lie exactly between two texts.
  if (!Number.isInteger(size * 2 ** (decimals + 1))) return sign + text;
  const exact = size.toFixed(decimals + 1);
  const isTie = exact.endsWith('5') && Number(exact.at(-2)) % 2 === 0;
  return sign + (isTie ? exact.slice(0, -1) : text);
}
