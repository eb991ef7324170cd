import type { State } from '../runtime/state.js';
import { argumentError } from './arguments.js';

const LARGEST_INTEGER_SIZE = 32;
const NATIVE_ALIGNMENT = 8;
const SIZES: Readonly<Record<string, number>> = { b: 1, h: 2, l: 8, T: 8, f: 4, d: 8, x: 1 };

/** One option of a struct format: how many bytes it takes after `padding` bytes of alignment. */
export interface StructOption {
  readonly option: string;
  readonly size: number;
  readonly littleEndian: boolean;
  /** Bytes to skip at a given place so that the value is aligned. */
  padding(place: number): number;
}

/** Walks a format text (`>I2c0…`) and gives its options; errors are struct's own. */
export function* structOptions(state: State, format: string): Generator<StructOption> {
  let littleEndian = true;
  let alignment = 1;
  let index = 0;
  const isPower = (value: number): boolean => value > 0 && Number.isInteger(Math.log2(value));

  function number(fallback: number): number {
    const digits = /^\d*/.exec(format.slice(index))![0];
    index += digits.length;
    const value = digits === '' ? fallback : Number(digits);
    if (value > 2 ** 31 - 1) state.fail('integral size overflow');
    return value;
  }

  while (index < format.length) {
    const option = format[index++]!;
    let size = 0;
    switch (option) {
      case 'i':
      case 'I':
        size = number(4);
        if (size > LARGEST_INTEGER_SIZE) {
          state.fail(`integral size ${size} is larger than limit of ${LARGEST_INTEGER_SIZE}`);
        }
        break;
      case 'c':
        size = number(1);
        break;
      case 's':
      case ' ':
        break;
      case '>':
      case '<':
        littleEndian = option === '<';
        continue;
      case '!':
        alignment = number(NATIVE_ALIGNMENT);
        if (!isPower(alignment)) state.fail(`alignment ${alignment} is not a power of 2`);
        continue;
      default: {
        const known = SIZES[option] ?? SIZES[option.toLowerCase()];
        if (known === undefined || 'DFX'.includes(option)) {
          argumentError(state, 1, `invalid format option '${option}'`);
        }
        size = known;
      }
    }
    const align = (place: number): number => {
      if (size === 0 || option === 'c') return 0;
      const unit = Math.min(size, alignment);
      if (unit > 1 && !isPower(unit)) {
        argumentError(state, 1, `alignment ${unit} is not a power of 2`);
      }
      return (unit - (place & (unit - 1))) & (unit - 1);
    };
    yield { option, size, littleEndian, padding: align };
  }
}
