import type { Driver } from '@penknife/core';
import { GiveBacks } from '../lease/give-back.js';

/** One of the servers that decide together. */
export interface QuorumNode {
  readonly driver: Driver;
  readonly giveBacks: GiveBacks;
}

/** Makes the nodes of these drivers; a request to give back may take as long as the driver allows. */
export function quorumNodes(drivers: readonly Driver[]): readonly QuorumNode[] {
  return drivers.map((driver) => ({ driver, giveBacks: new GiveBacks(driver, undefined) }));
}
