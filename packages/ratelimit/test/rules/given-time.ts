import { type Command, type Driver, fragments } from '@penknife/core';
import { editedScript } from '@penknife/testing';

const givenTime = `local function nowMicros()
  return tonumber(table.remove(ARGV))
end`;
/** Longer than any trace says that time passes: what is over shows in the state, not by the key being gone. */
const lastingMs = 100_000_000;

/**
 * A driver whose scripts go by the time that the test gives, in µs, instead of the server's own, and whose keys outlive it.
 * So a trace that takes days, or goes back in time, is decided by a real server in a moment. Everything else of the scripts
 * is what it is.
 */
export function onGivenTime<D extends Pick<Driver, 'send'>>(driver: D, micros: () => number): D {
  const edit = (lua: string): string =>
    lua
      .replace(fragments.nowMicros, givenTime)
      .replaceAll("'PX', ", `'PX', ${lastingMs} + `)
      .replaceAll(/(redis\.call\('PEXPIRE', [\w.]+, )/g, `$1${lastingMs} + `);
  return {
    ...driver,
    send<T>(command: Command<T>, options?: object): Promise<T> {
      if (command.script === undefined) return driver.send(command, options);
      // The last argument: taken away before the script looks at its own.
      const timed = { ...command, args: [...command.args, micros()] as unknown as Command<T>['args'] };
      return driver.send(editedScript(timed, edit), options);
    },
  };
}
