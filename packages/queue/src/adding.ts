import {
  type Arg,
  type CallOptions,
  type Command,
  checkCall,
  checkObject,
  checkText,
  durationMs,
  InvalidArgumentError,
  refuse,
} from '@penknife/core';
import { addScript, pushScript } from './commands.js';
import { type ResolvedQueue, wholeNumber } from './options.js';
import { encodePayload } from './payload.js';
import type { Added, AddManyOptions, AddOptions, NewJob } from './queue.js';

const longestDelayMs = 10 * 365 * 86_400_000;
/** The last date that JavaScript knows. */
const latestMs = 8_640_000_000_000_000;

/** What adding needs. */
export interface AddingParts<T> {
  readonly queue: ResolvedQueue<T>;
  ask<V>(command: Command<V>, call: CallOptions): Promise<V>;
  randomId(): string;
}

/** Checks and encodes jobs that one command adds; what this resolves to sends it, as the options say or within what is left of them. */
export async function prepareJobs<T>(
  { queue, ask, randomId }: AddingParts<T>,
  jobs: readonly NewJob<T>[],
  options: AddManyOptions,
): Promise<(left?: CallOptions) => Promise<readonly Added[]>> {
  checkObject('options', options);
  const { delay = 0, at, onDuplicate = 'keep', throttle = 0, ...call } = options;
  if (onDuplicate !== 'keep' && onDuplicate !== 'replace')
    throw new InvalidArgumentError('onDuplicate', "must be 'keep' or 'replace'", onDuplicate);
  const delayMs = durationMs(delay, 'delay', { maxMs: longestDelayMs });
  const throttleMs = durationMs(throttle, 'throttle', { maxMs: longestDelayMs });
  const due = at === undefined ? delayMs : `@${instantOf(at, delayMs)}`;
  for (const job of jobs) checkObject('job', job);
  const short = due === 0 && throttleMs === 0 && onDuplicate === 'keep' && jobs.every(isPlain);
  const ids: string[] = [];
  const args: Arg[] = short
    ? [queue.channel]
    : [...queue.head, due, onDuplicate === 'replace' ? '1' : '0', throttleMs];
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
  return async (left = call) => {
    const changes = await ask(command, left);
    // An id that was drawn here is nobody else's: where it is there, an earlier sending of this very command came through.
    return ids.map((id, i) => ({
      id,
      added: jobs[i]?.id === undefined || (changes[i] ?? 0) > 0,
      replaced: changes[i] === 2,
    }));
  };
}

/** What `add` was told, as one of many. */
export function oneJob<T>(
  data: T,
  options: AddOptions,
): { readonly job: NewJob<T>; readonly call: AddManyOptions } {
  checkCall(options);
  const { id, priority, group, ...call } = options;
  const job = {
    data,
    ...(id !== undefined && { id }),
    ...(priority !== undefined && { priority }),
    ...(group !== undefined && { group }),
  };
  return { job, call };
}

/** What became of it. */
export function theOne([added]: readonly Added[]): Added {
  return added ?? refuse('queue/add', 'a number a job', null);
}

function instantOf(at: Date | number, delayMs: number): number {
  const ms = at instanceof Date ? at.getTime() : at;
  if (!Number.isFinite(ms) || ms < 0 || ms > latestMs)
    throw new InvalidArgumentError('at', 'must be a valid date, or ms since 1970', at);
  if (delayMs > 0) throw new InvalidArgumentError('at', 'must not be given beside a delay', at);
  return Math.ceil(ms);
}

/** Waits for nothing but its turn. */
function isPlain({ priority, group }: NewJob<unknown>): boolean {
  return (priority === undefined || priority === 0) && group === undefined;
}
