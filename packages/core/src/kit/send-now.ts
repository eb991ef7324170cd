import type { Command } from '../contract/command.js';
import type { CallOptions } from '../contract/sender.js';
import { isServerError } from '../errors/server-error.js';
import { CommandPlan, type PlanTarget } from './command-plan.js';
import type { SharedConnection } from './transport.js';

/**
 * The short way for an engine in the process, which answers at once. Undefined: take the ordinary way (nothing ran).
 */
export function sendNow<T>(
  connection: SharedConnection,
  command: Command<T>,
  options: CallOptions | undefined,
  rules: { readonly target: PlanTarget; readonly retried: ReadonlySet<string> },
): Promise<T> | undefined {
  const { callNow } = connection;
  if (callNow === undefined || options !== undefined || !connection.ready) return undefined;
  try {
    const plan = new CommandPlan(command, rules.target);
    try {
      return Promise.resolve(command.read(callNow(plan)));
    } catch (error) {
      if (!isServerError(error)) throw error;
      if (rules.retried.has(error.code)) return undefined;
      if (command.script === undefined || error.code !== 'NOSCRIPT') throw error;
      return Promise.resolve(command.read(callNow(plan.evaluated())));
    }
  } catch (error) {
    return Promise.reject(error);
  }
}
