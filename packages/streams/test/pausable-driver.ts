import type { Command, Driver } from '@penknife/core';
import { dressed } from './dressed.js';

/** A driver that can be stopped, as a process can: while it is, nothing that is sent goes out. */
export interface PausableDriver extends Driver {
  pause(): void;
  resume(): void;
}

/** A driver over another one that can be stopped. Its timers go on. */
export function pausable(driver: Driver): PausableDriver {
  let paused: { readonly over: Promise<void>; readonly end: () => void } | undefined;
  const whenRunning = async (): Promise<void> => {
    while (paused !== undefined) await paused.over;
  };
  const dressing = dressed(driver, {
    async send(command, options) {
      await whenRunning();
      return driver.send(command, options);
    },
    async batch(commands, options) {
      await whenRunning();
      return driver.batch(commands, options);
    },
  });
  return {
    ...dressing,
    pause() {
      if (paused !== undefined) return;
      let end: () => void = () => undefined;
      const over = new Promise<void>((resolve) => {
        end = resolve;
      });
      paused = { over, end };
    },
    resume() {
      paused?.end();
      paused = undefined;
    },
  };
}

/** A driver that loses the reply of the first command whose arguments are chosen: it runs, and its caller gets an error. */
export function losingReplies(
  driver: Driver,
  lose: (command: Command<unknown>) => boolean,
  error: () => Error,
): Driver {
  let armed = true;
  return dressed(driver, {
    async send(command, options) {
      const chosen = armed && lose(command);
      if (chosen) armed = false;
      const result = await driver.send(command, options);
      if (chosen) throw error();
      return result;
    },
  });
}

/** A driver that tells when a script of this name was sent and has its answer. */
export function telling(driver: Driver, script: string, answered: () => void): Driver {
  return dressed(driver, {
    async send(command, options) {
      const result = await driver.send(command, options);
      if (command.script?.name === script) answered();
      return result;
    },
  });
}
