import { ConnectionError, type Driver } from '@penknife/core';

type Act = () => Promise<unknown>;

/**
 * A process that loses the first reply to this script, once it has run. As drivers do, it asks again what may be asked twice, and tells
 * of everything else that it may have been done. `before` and `between` are what others do meanwhile.
 */
export function askedAgain(
  driver: Driver,
  act: string,
  { before, between }: { readonly before?: Act | undefined; readonly between?: Act | undefined } = {},
): Driver {
  let left = 1;
  return {
    ...driver,
    async send(command, call) {
      if (command.script?.name === `session/${act}` && left-- > 0) {
        await before?.();
        await driver.send(command, call);
        if (command.repeatable !== true) throw new ConnectionError('the reply was lost', { sent: 'maybe' });
        await between?.();
      }
      return driver.send(command, call);
    },
  };
}
