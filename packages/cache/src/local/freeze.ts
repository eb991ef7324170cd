/**
 * Freezes plain objects and arrays all the way down, however far that is. Date, Map, Set and bytes cannot be frozen and stay
 * as they are.
 */
export function deepFreeze<T>(value: T): T {
  const due: unknown[] = [value];
  while (due.length > 0) {
    const next = due.pop();
    if (typeof next !== 'object' || next === null || Object.isFrozen(next)) continue;
    const prototype = Object.getPrototypeOf(next);
    if (!Array.isArray(next) && prototype !== Object.prototype && prototype !== null) continue;
    Object.freeze(next);
    for (const name of Object.keys(next)) {
      const inner = (next as Record<string, unknown>)[name];
      if (typeof inner === 'object' && inner !== null) due.push(inner);
    }
  }
  return value;
}
