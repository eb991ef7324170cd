import { ConnectionError, type Driver, type RandomSource } from '@penknife/core';
import { dressed } from './dressed.js';

/** A driver on a wire that takes its time, and can be cut. */
export interface SlowWire extends Driver {
  /** Fails what is under way. What was on its way to the server arrives there yet, beside what is sent from now on. */
  cut(): void;
}

/**
 * Everything sent takes up to `mostMs` to the server, and its reply as long back; both in order, as on one connection. What
 * is sent after a cut goes by another: it can overtake what came before.
 */
export function slowWire(driver: Driver, random: RandomSource, mostMs: number): SlowWire {
  const { clock } = driver;
  const open = (): { readonly cut: Promise<never>; fail(error: Error): void } => {
    let fail: (error: Error) => void = () => undefined;
    const cut = new Promise<never>((_, reject) => {
      fail = reject;
    });
    cut.catch(() => undefined);
    return { cut, fail };
  };
  let connection = open();
  let thereMs = 0;
  let backMs = 0;

  async function travel<T>(run: () => Promise<T>): Promise<T> {
    const { cut } = connection;
    const now = clock.monotonic();
    thereMs = Math.max(thereMs, now + random.fraction() * mostMs);
    const arrived = clock.sleep(Math.max(0, thereMs - now)).then(run);
    const answered = arrived.finally(() => {
      const doneMs = clock.monotonic();
      backMs = Math.max(backMs, doneMs + random.fraction() * mostMs);
      return clock.sleep(Math.max(0, backMs - doneMs));
    });
    return Promise.race([cut, answered]);
  }

  return {
    ...dressed(driver, {
      clock,
      send: (command, options) => travel(() => driver.send(command, options)),
      batch: (commands, options) => travel(() => driver.batch(commands, options)),
    }),
    cut() {
      connection.fail(new ConnectionError('cut', { sent: 'maybe' }));
      connection = open();
      [thereMs, backMs] = [0, 0];
    },
  };
}
