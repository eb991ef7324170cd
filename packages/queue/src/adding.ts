import {
  type Arg,
  type CallOptions,
  type Command,
  checkText,
  durationMs,
  InvalidArgumentError,
} from '@penknife/core';
import { addScript, pushScript } from './commands.js';
import { type ResolvedQueue, wholeNumber } from './options.js';
import { encodePayload } from './payload.js';
import type { Added, AddManyOptions, NewJob } from './queue.js';

const longestDelayMs = 10 * 365 * 86_400_000;

/** What adding needs. */
export interface AddingParts<T> {
  readonly queue: ResolvedQueue<T>;
  ask<V>(command: Command<V>, call: CallOptions): Promise<V>;
  randomId(): string;
}

/** Adds jobs by one command. */
export async function addJobs<T>(
  { queue, ask, randomId }: AddingParts<T>,
  jobs: readonly NewJob<T>[],
  { delay = 0, onDuplicate = 'keep', throttle = 0, ...call }: AddManyOptions,
): Promise<readonly Added[]> {
  if (onDuplicate !== 'keep' && onDuplicate !== 'replace')
    throw new InvalidArgumentError('onDuplicate', "must be 'keep' or 'replace'", onDuplicate);
  const delayMs = durationMs(delay, 'delay', { maxMs: longestDelayMs });
  const throttleMs = durationMs(throttle, 'throttle', { maxMs: longestDelayMs });
  const short = delayMs === 0 && throttleMs === 0 && onDuplicate === 'keep' && jobs.every(isPlain);
  const ids: string[] = [];
  const args: Arg[] = short
    ? [queue.channel]
    : [...queue.head, delayMs, onDuplicate === 'replace' ? '1' : '0', throttleMs];
  for (const { data, id, priority = 0, group } of jobs) {
    const own = id === undefined ? randomId() : checkText('id', id);
    ids.push(own);
    args.push(own);
    if (!short)
      args.push(
        wholeNumber('priority', priority, -100, 100),
        group === undefined ? '' : checkText('group', group),
      );
    const payload = encodePayload(queue, data);
    args.push(payload instanceof Promise ? await payload : payload);
  }
  const command = short ? pushScript(queue.pushKeys, args) : addScript(queue.keys, args);
  const changes = await ask(command, call);
  return ids.map((id, i) => ({ id, added: (changes[i] ?? 0) > 0, replaced: changes[i] === 2 }));
}

/** Waits for nothing but its turn. */
function isPlain({ priority, group }: NewJob<unknown>): boolean {
  return (priority === undefined || priority === 0) && group === undefined;
}
