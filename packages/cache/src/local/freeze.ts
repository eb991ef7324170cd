/** Freezes plain objects and arrays all the way down. Date, Map, Set and bytes cannot be frozen and stay as they are. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  const prototype = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return value;
  Object.freeze(value);
  for (const name of Object.keys(value)) deepFreeze((value as Record<string, unknown>)[name]);
  return value;
}
