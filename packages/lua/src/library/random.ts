const MULTIPLIER = 0x5deece66dn;
const INCREMENT = 0xbn;
const MASK = (1n << 48n) - 1n;
const LOW_SEED = 0x330en;
const FIRST_REGISTER = 0x1234_abcd_330en;

/** The largest value a draw can reach, as Redis divides by it. */
export const RANDOM_RANGE: number = 2 ** 31 - 1;

/**
 * The 48-bit linear congruential generator behind Redis' math.random (drand48's): equal seeds give the numbers
 * of a real server. Not for secrets.
 */
export class ScriptRandom {
  private register = FIRST_REGISTER;

  seed(value: number): void {
    this.register = (BigInt.asUintN(32, BigInt(value)) << 16n) | LOW_SEED;
  }

  /** The next 31-bit number. */
  next(): number {
    this.register = (this.register * MULTIPLIER + INCREMENT) & MASK;
    return Number(this.register >> 17n);
  }
}
