import type { CallOptions, Command, Driver, RandomSource } from '@penknife/core';

/** Lets the sends of several processes through one at a time, in an order that only the seed knows. */
export interface Turnstile {
  /**
   * A process of its own, whose sends wait here. Where `loses` says so, the reply to what may be repeated is lost, and the send waits
   * once more, as a driver would ask again.
   */
  pass(
    inner: Driver,
    rewrite?: (command: Command<unknown>) => Command<unknown>,
    loses?: () => boolean,
  ): Driver;
  /** Lets one of the waiting sends run to its end. False when none waits. */
  next(): Promise<boolean>;
}

/** Makes a turnstile. */
export function createTurnstile(random: RandomSource): Turnstile {
  const waiting: (() => Promise<unknown>)[] = [];
  return {
    pass: (inner, rewrite = (command) => command, loses = () => false) => ({
      ...inner,
      send<T>(command: Command<T>, options?: CallOptions): Promise<T> {
        return new Promise<T>((resolve, reject) => {
          const wait = (again: boolean): void => {
            waiting.push(async () => {
              try {
                const reply = (await inner.send(rewrite(command), options)) as T;
                if (!again && command.repeatable === true && loses()) wait(true);
                else resolve(reply);
              } catch (error) {
                reject(error as Error);
              }
            });
          };
          wait(false);
        });
      },
    }),
    async next() {
      const [send] = waiting.splice(Math.floor(random.fraction() * waiting.length), 1);
      if (send === undefined) return false;
      await send();
      return true;
    },
  };
}
