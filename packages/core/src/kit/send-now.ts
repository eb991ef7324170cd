import type { Command } from '../contract/command.js';
import type { CallOptions } from '../contract/sender.js';
import { isServerError } from '../errors/server-error.js';
import { check } from './command-plan.js';
import type { SharedConnection } from './transport.js';
import { asEval } from './wire-call.js';

/**
 * The short way for an engine in the process, which answers at once. Undefined: take the ordinary way (nothing ran).
 */
export function sendNow<T>(
  connection: SharedConnection,
  command: Command<T>,
  options: CallOptions | undefined,
  rules: { readonly cluster: boolean; readonly retried: ReadonlySet<string> },
): Promise<T> | undefined {
  if (connection.callNow === undefined || options !== undefined || !connection.ready) return undefined;
  try {
    const { call } = check(command, { connection: 'shared', cluster: rules.cluster });
    try {
      return Promise.resolve(command.read(connection.callNow(call)));
    } catch (error) {
      if (!isServerError(error)) throw error;
      if (rules.retried.has(error.code)) return undefined;
      const { script } = command;
      if (script === undefined || error.code !== 'NOSCRIPT') throw error;
      return Promise.resolve(command.read(connection.callNow(asEval(call, script.lua))));
    }
  } catch (error) {
    return Promise.reject(error);
  }
}
