import {
  type CallOptions,
  type Command,
  callWithin,
  checkCall,
  checkDriver,
  checkName,
  checkObject,
  checkText,
  type Duration,
  defaultNamespace,
  durationMs,
  InvalidArgumentError,
  type Sender,
} from '@penknife/core';
import { inventoryErrorOr } from '../errors.js';
import { inventoryKeys } from '../keys.js';
import { countSince, membersSince, seenScript } from './commands.js';

/** How a window is made. */
export interface WindowOptions {
  /** Names the window in keys: 1 to 64 letters, digits, `_`, `.`, `-`. Windows of one name share what they saw. */
  readonly name: string;
  /** How long something counts as seen: up to 30 days. */
  readonly window: Duration;
  /** At most so many members, up to a million; a full window forgets its oldest early. Default 100 000. */
  readonly most?: number;
  /** First part of every key. Default `'pk'`. */
  readonly namespace?: string;
  /** How long a call may take, in ms. Default: the driver's. */
  readonly deadlineMs?: number;
}

/**
 * What was seen within a time: a sliding window over distinct members, on the server's clock. Exact as long as it is not
 * full. One command a call.
 */
export interface Window {
  /**
   * Whether the member was seen within the window before; from its first sight on, which `seen` does not prolong. Notes it
   * when it was not. Of many callers at once exactly one hears `false`. A call that ended with `sent: 'maybe'` may have
   * noted it: ask again only where a member that is taken for seen does no harm.
   */
  seen(member: string, options?: CallOptions): Promise<boolean>;
  /** Notes the member as seen now, also when it was seen before. True when that is new within the window. */
  touch(member: string, options?: CallOptions): Promise<boolean>;
  /** How many distinct members were noted in the last so many ms; default: the whole window. */
  count(within?: Duration, options?: CallOptions): Promise<number>;
  /** Those members, the latest first, at most `limit` of up to 1 000. */
  members(limit: number, within?: Duration, options?: CallOptions): Promise<readonly string[]>;
}

const longestMs = 30 * 86_400_000;
const mostMembers = 1_000_000;
const mostListed = 1000;

/**
 * Makes a sliding window over distinct members, as for deduplication, or for counting who was here lately.
 *
 * ```ts
 * const webhooks = createWindow(driver, { name: 'webhooks', window: '1h' });
 * if (await webhooks.seen(event.id)) return;
 * ```
 */
export function createWindow(driver: Pick<Sender, 'send'>, options: WindowOptions): Window {
  checkDriver(driver);
  checkObject('options', options);
  const { most = 100_000, deadlineMs } = options;
  checkCall(callWithin(undefined, deadlineMs));
  const windowMs = durationMs(options.window, 'window', { minMs: 1, maxMs: longestMs });
  if (!Number.isSafeInteger(most) || most < 1 || most > mostMembers)
    throw new InvalidArgumentError('most', `must be a whole number of 1 to ${mostMembers}`, most);
  const key = inventoryKeys.in(options.namespace ?? defaultNamespace).window(checkName('name', options.name));

  const within = (span: Duration | undefined): number =>
    span === undefined ? windowMs : durationMs(span, 'within', { minMs: 1, maxMs: windowMs });

  async function ask<T>(command: Command<T>, call: CallOptions | undefined): Promise<T> {
    try {
      return await driver.send(command, callWithin(call, deadlineMs));
    } catch (error) {
      throw inventoryErrorOr(error);
    }
  }

  return {
    seen: async (member, call) =>
      ask(seenScript([key], [windowMs, most, checkText('member', member), 'first']), call),
    touch: async (member, call) =>
      !(await ask(seenScript([key], [windowMs, most, checkText('member', member), 'last']), call)),
    count: async (span, call) => ask(countSince([key], [within(span)]), call),
    members: async (limit, span, call) => {
      if (!Number.isSafeInteger(limit) || limit < 1 || limit > mostListed)
        throw new InvalidArgumentError('limit', `must be a whole number of 1 to ${mostListed}`, limit);
      return ask(membersSince([key], [within(span), limit]), call);
    },
  };
}
