import type { CallOptions, Command, Driver, RandomSource } from '@penknife/core';

/** Lets the sends of several processes through one at a time, in an order that only the seed knows. */
export interface Turnstile {
  /** A process of its own, whose sends wait here. */
  pass(inner: Driver, rewrite?: (command: Command<unknown>) => Command<unknown>): Driver;
  /** Lets one of the waiting sends run to its end. False when none waits. */
  next(): Promise<boolean>;
}

/** Makes a turnstile. */
export function createTurnstile(random: RandomSource): Turnstile {
  const waiting: (() => Promise<unknown>)[] = [];
  return {
    pass: (inner, rewrite = (command) => command) => ({
      ...inner,
      send<T>(command: Command<T>, options?: CallOptions): Promise<T> {
        return new Promise<T>((resolve, reject) => {
          waiting.push(async () => {
            try {
              resolve((await inner.send(rewrite(command), options)) as T);
            } catch (error) {
              reject(error as Error);
            }
          });
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
