import type { Command, Driver } from '@penknife/core';

/** A driver, and how often something was asked of it. */
export interface CountingDriver {
  readonly driver: Driver;
  /** Commands that were sent, and lanes, feeds and lists of nodes that were asked for. */
  sent(): number;
}

/**
 * Counts what is asked of a driver, whatever comes of it: for tests that say that nothing was sent, and for budgets. With
 * `chosen` only the commands it picks. What is sent on a lane is not seen; that the lane was asked for is.
 */
export function countingDriver(
  driver: Driver,
  chosen?: (command: Command<unknown>) => boolean,
): CountingDriver {
  let sent = 0;
  const count = (commands: readonly Command<unknown>[]): void => {
    // What is no list of commands is for the driver to refuse.
    if (Array.isArray(commands)) sent += chosen ? commands.filter(chosen).length : commands.length;
  };
  const asked = (): void => {
    if (chosen === undefined) sent++;
  };
  const counted: Driver = {
    ...driver,
    send(command, options) {
      count([command]);
      return driver.send(command, options);
    },
    batch(commands, options) {
      count(commands);
      return driver.batch(commands, options);
    },
    transaction(commands, options) {
      count(commands);
      return driver.transaction(commands, options);
    },
    openLane(options) {
      asked();
      return driver.openLane(options);
    },
    openFeed(sink, options) {
      asked();
      return driver.openFeed(sink, options);
    },
    nodes() {
      asked();
      return driver.nodes();
    },
  };
  return { driver: counted, sent: () => sent };
}
