import type { Driver } from '@penknife/core';

/** The driver, with some of it replaced. */
export function dressed(driver: Driver, over: Partial<Driver>): Driver {
  return { ...driver, topology: driver.topology, clock: driver.clock, random: driver.random, ...over };
}
