import { createManualClock, type Driver } from '@penknife/core';

/**
 * A driver whose commands take so long each, in ms, by a clock of its own that stands still otherwise; and the deadlines that
 * they were given.
 */
export function slowDriver(
  driver: Driver,
  takesMs: number,
): { readonly driver: Driver; readonly given: (number | undefined)[] } {
  const clock = createManualClock();
  const given: (number | undefined)[] = [];
  const send: Driver['send'] = async (command, options) => {
    given.push(options?.deadlineMs);
    const answer = await driver.send(command, options);
    await clock.advance(takesMs);
    return answer;
  };
  return { driver: { ...driver, clock, send }, given };
}
