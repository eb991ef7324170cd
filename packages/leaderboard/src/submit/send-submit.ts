import type { CallOptions } from '@penknife/core';
import type { BoardHome } from '../board-home.js';
import { type Args, type ClockRefusal, inServerTime, tagOf } from '../rounds.js';
import { boardsNamed, columnArgs, type SubmitTarget, targetArgs } from './submit-args.js';
import type { SubmitRequest } from './submit-request.js';
import { featuresOf, type SubmitAnswer, submitScript } from './submit-script.js';

/** A submit that goes into the outbox: the text of its entry, and the places it is for. */
export interface Queueing {
  readonly text: string;
  readonly places: readonly string[];
}

/** What makes a submit more than a plain one. */
export interface Extras {
  /** What boards that live apart get later. */
  readonly queue?: Queueing | undefined;
  /** It comes out of an outbox: the id of its entry, which is counted once. */
  readonly entry?: string;
}

/** Sends a submit to boards of one slot. */
export type Send = (
  request: SubmitRequest,
  targets: readonly SubmitTarget[],
  extras: Extras,
  call: CallOptions | undefined,
) => Promise<Exclude<SubmitAnswer, ClockRefusal>>;

/** What sends submits: all of one happens, or nothing. Throws `InvalidArgumentError` for values that are not exact. */
export function createSender<M>({ options, sender, time, call: callOptions }: BoardHome<M>): Send {
  const { home, kind, columns, boards, events, rememberMs } = options;
  const features = featuresOf(boards);
  const plain = submitScript(kind, { ...features, passed: false });
  const passing = submitScript(kind, { ...features, passed: true });

  return (request, targets, { queue, entry }, call) => {
    const { member, ties, key, occurredAt, metadata, passed = events?.passed } = request;
    const [first] = targets;
    const tag = first === undefined ? home.tag : tagOf(home, first);
    const keys = [home.keys.rounds(tag)];
    const extras: Args = [];
    let asked = '';
    if (home.bans) {
      asked += 'b';
      keys.push(home.keys.banned(tag));
    }
    if (entry !== undefined) {
      asked += 'e';
      keys.push(home.keys.applied(tag));
      extras.push(entry);
    } else if (key !== undefined) {
      asked += 'o';
      keys.push(home.keys.once(tag, key, member));
      extras.push(rememberMs, `,${boardsNamed(request.targets)}`);
    }
    if (occurredAt !== undefined) {
      asked += 't';
      extras.push(occurredAt);
    }
    if (metadata !== undefined) {
      asked += 'm';
      extras.push(metadata);
    }
    if (passed !== undefined) {
      asked += 'p';
      extras.push(passed);
    }
    if (queue !== undefined) {
      asked += 'q';
      keys.push(home.keys.outbox(tag), home.keys.reached(tag));
      extras.push(queue.text, queue.places.length, ...queue.places);
    }
    const values = columnArgs(request.targets, columns, request.values);
    const fixed: Args = [member, ties, asked, ...extras, columns.length, ...values];
    const script = passed === undefined ? plain : passing;
    const isRepeatable = key !== undefined || entry !== undefined;
    const options = callOptions(call);
    return inServerTime(time, (nowMs) => {
      const aim = targetArgs(targets, nowMs, occurredAt, home);
      const command = script([...keys, ...aim.keys], [...fixed, ...aim.args]);
      return sender.send(isRepeatable ? { ...command, repeatable: true } : command, options);
    });
  };
}
