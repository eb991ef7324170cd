const doubleView = new Float64Array(1);
const wordView = new Uint32Array(doubleView.buffer);
const addresses = new WeakMap<object, number>();
let nextAddress = 0x5a10_0000;

/**
 * A stand-in for the address of a table or function: stable for the life of the value, different for each.
 * A real server's addresses differ from run to run, so nothing may depend on their values.
 */
export function addressOf(value: object): number {
  let address = addresses.get(value);
  if (address === undefined) {
    address = nextAddress;
    nextAddress += 0x30;
    addresses.set(value, address);
  }
  return address;
}

/** Lua 5.1's string hash (lstring.c): every byte of short strings, a sample of long ones. */
function hashString(text: string): number {
  const length = text.length;
  const step = (length >>> 5) + 1;
  let hash = length | 0;
  for (let index = length; index >= step; index -= step) {
    hash ^= ((hash << 5) + (hash >>> 2) + text.charCodeAt(index - 1)) | 0;
  }
  return hash >>> 0;
}

/**
 * The node a key belongs to in a hash part of `size` nodes (a power of two), as ltable.c places it:
 * strings and booleans by mask, numbers by the sum of their two words, everything else by address.
 */
export function mainPosition(key: unknown, size: number): number {
  switch (typeof key) {
    case 'string':
      return hashString(key) & (size - 1);
    case 'number': {
      if (key === 0) return 0;
      doubleView[0] = key;
      return ((wordView[0]! + wordView[1]!) >>> 0) % ((size - 1) | 1);
    }
    case 'boolean':
      return (key ? 1 : 0) & (size - 1);
    default:
      return addressOf(key as object) % ((size - 1) | 1);
  }
}
