import { checkObject, InvalidArgumentError } from '@penknife/core';

/** How many writes a replica lags behind by unless told. */
export const defaultLag = 1000;
const mostLag = 1_000_000;

/** Checks by how many writes a replica may lag. */
export function checkLag(name: string, lag: number, least: 0 | 1): void {
  if (!Number.isSafeInteger(lag) || lag < least || lag > mostLag)
    throw new InvalidArgumentError(name, `must be a whole number from ${least} to ${mostLag}`, lag);
}

/** How many writes a failover is to lose, checked. */
export function checkedLose(options: { readonly lose?: number }, most: number): number {
  checkObject('options', options);
  const { lose = 0 } = options;
  if (!Number.isSafeInteger(lose) || lose < 0 || lose > most)
    throw new InvalidArgumentError('lose', `must be a whole number from 0 to ${most}`, lose);
  return lose;
}
