import { isPenknifeError } from '@penknife/core';

/** Values no caller with types would hand over. */
export const wrong: readonly unknown[] = [
  undefined,
  null,
  5,
  'no such thing',
  true,
  Number.NaN,
  [],
  [null],
  {},
  () => 0,
];

/** An argument of a call. `may` says which of the values above are right, or are refused for another reason. */
export interface Place {
  readonly name: string;
  call(value: never): unknown;
  may?(value: unknown): boolean;
}

export const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const optional = (value: unknown): boolean => value === undefined || isObject(value);
export const text = (value: unknown): boolean => typeof value === 'string';
export const list = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

/** What comes of a call: an error, thrown or rejected; undefined when it was accepted. */
async function outcome(call: () => unknown): Promise<unknown> {
  try {
    await call();
    return undefined;
  } catch (error) {
    return error;
  }
}

const told = (value: unknown): string =>
  typeof value === 'function' ? 'a function' : (JSON.stringify(value) ?? String(value));

/** What is not refused as it should be. */
export async function faultsOf(place: Place, sent: () => number): Promise<string[]> {
  const faults: string[] = [];
  for (const value of wrong) {
    if (place.may?.(value)) continue;
    const before = sent();
    const error = await outcome(() => place.call(value as never));
    if (!isPenknifeError(error) || (error.code !== 'INVALID_ARGUMENT' && error.code !== 'SCHEMA')) {
      faults.push(`${place.name} with ${told(value)}: ${String(error)}`);
    }
    if (sent() > before) faults.push(`${place.name} with ${told(value)}: something was sent`);
  }
  return faults;
}
