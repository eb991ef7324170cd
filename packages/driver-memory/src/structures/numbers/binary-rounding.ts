/** A binary floating value: mantissa * 2^exponent, mantissa >= 0. */
export interface BinaryValue {
  readonly mantissa: bigint;
  readonly exponent: number;
}

function bitLength(value: bigint): number {
  const hexadecimal = value.toString(16);
  return (hexadecimal.length - 1) * 4 + (32 - Math.clz32(Number.parseInt(hexadecimal[0]!, 16)));
}

/** numerator / denominator rounded to an integer, halves to the even one. Both must be >= 0, the denominator > 0. */
export function divideToEven(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const twice = (numerator - quotient * denominator) * 2n;
  if (twice < denominator || (twice === denominator && (quotient & 1n) === 0n)) return quotient;
  return quotient + 1n;
}

/**
 * Rounds numerator / denominator to a mantissa of at most `bits` bits, halves to even, as IEEE arithmetic does;
 * exponents are unlimited (no overflow, no subnormals: the caller's matter).
 */
export function roundToBits(numerator: bigint, denominator: bigint, bits: number): BinaryValue {
  if (numerator === 0n) return { mantissa: 0n, exponent: 0 };
  let exponent = bitLength(numerator) - bitLength(denominator) - bits;
  // The quotient now has `bits` or `bits` + 1 binary digits before the point; make it `bits`.
  if (scaledIsWide(numerator, denominator, exponent, bits)) exponent += 1;
  const mantissa =
    exponent >= 0
      ? divideToEven(numerator, denominator << BigInt(exponent))
      : divideToEven(numerator << BigInt(-exponent), denominator);
  return { mantissa, exponent };
}

function scaledIsWide(numerator: bigint, denominator: bigint, exponent: number, bits: number): boolean {
  const limit = denominator << BigInt(bits);
  return exponent >= 0 ? numerator >= limit << BigInt(exponent) : numerator << BigInt(-exponent) >= limit;
}
