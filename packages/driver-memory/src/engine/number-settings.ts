/** Settings that commands read often, as fields. */
export type NumberField =
  | 'hashMaxEntries'
  | 'hashMaxValue'
  | 'setMaxIntegers'
  | 'setMaxEntries'
  | 'setMaxValue'
  | 'zsetMaxEntries'
  | 'zsetMaxValue'
  | 'streamNodeEntries'
  | 'streamNodeBytes'
  | 'slowerThanMicroseconds'
  | 'slowLogLength';

/** A setting that is a number: where it may lie, and whether it takes memory units. */
export interface NumberSetting {
  readonly field?: NumberField;
  readonly low: bigint;
  readonly high: bigint;
  readonly takesUnits: boolean;
}

const longest = 2n ** 63n - 1n;
const count = (field?: NumberField, low = 0n, high = longest): NumberSetting => ({
  ...(field && { field }),
  low,
  high,
  takesUnits: false,
});
const memory = (field?: NumberField, low = 0n, high = longest): NumberSetting => ({
  ...count(field, low, high),
  takesUnits: true,
});

/** By their names in CONFIG, with the bounds of Redis. */
export const numberSettings: ReadonlyMap<string, NumberSetting> = new Map([
  ['hash-max-listpack-entries', count('hashMaxEntries')],
  ['hash-max-ziplist-entries', count('hashMaxEntries')],
  ['hash-max-listpack-value', memory('hashMaxValue')],
  ['hash-max-ziplist-value', memory('hashMaxValue')],
  ['set-max-intset-entries', count('setMaxIntegers')],
  ['set-max-listpack-entries', count('setMaxEntries')],
  ['set-max-listpack-value', count('setMaxValue')],
  ['zset-max-listpack-entries', count('zsetMaxEntries')],
  ['zset-max-ziplist-entries', count('zsetMaxEntries')],
  ['zset-max-listpack-value', memory('zsetMaxValue')],
  ['zset-max-ziplist-value', memory('zsetMaxValue')],
  ['stream-node-max-entries', count('streamNodeEntries')],
  ['stream-node-max-bytes', memory('streamNodeBytes')],
  ['slowlog-log-slower-than', count('slowerThanMicroseconds', -1n)],
  ['slowlog-max-len', count('slowLogLength')],
  ['maxclients', count(undefined, 1n, 2n ** 32n - 1n)],
  ['busy-reply-threshold', count()],
  ['hll-sparse-max-bytes', memory()],
  ['proto-max-bulk-len', memory(undefined, 1024n ** 2n)],
  ['maxmemory', memory(undefined, 0n, 2n ** 64n - 1n)],
]);

const units: ReadonlyMap<string, bigint> = new Map([
  ['', 1n],
  ['b', 1n],
  ['k', 1000n],
  ['kb', 1024n],
  ['m', 1000n ** 2n],
  ['mb', 1024n ** 2n],
  ['g', 1000n ** 3n],
  ['gb', 1024n ** 3n],
]);

/** Bytes, with or without a unit; undefined for what is none. As in Redis no digits are 0, and what is too big wraps. */
export function memoryValue(text: string): bigint | undefined {
  const match = /^(\d{0,127})([a-z]*)$/i.exec(text);
  const unit = units.get((match?.[2] ?? '').toLowerCase());
  if (match === null || unit === undefined) return undefined;
  const digits = BigInt(match[1] as string);
  const most = 2n ** 64n - 1n;
  return BigInt.asUintN(64, (digits > most ? most : digits) * unit);
}

function wholeNumber(text: string): bigint | undefined {
  if (!/^(0|-?[1-9]\d{0,18})$/.test(text)) return undefined;
  const value = BigInt(text);
  return value > longest || value < -longest - 1n ? undefined : value;
}

/** The value of a text for a setting, or what CONFIG SET says is wrong with it. */
export function parseNumber({ low, high, takesUnits }: NumberSetting, text: string): bigint | string {
  const value = takesUnits ? memoryValue(text) : wholeNumber(text);
  if (value === undefined) {
    return takesUnits ? 'argument must be a memory value' : "argument couldn't be parsed into an integer";
  }
  if (value < low || value > high) return `argument must be between ${low} and ${high} inclusive`;
  return value;
}
