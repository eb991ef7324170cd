import { type CallOptions, InvalidArgumentError } from '@penknife/core';
import type { BoardHome } from '../board-home.js';
import { eventsOf, handOver, patienceOf } from '../events.js';
import type { Column, SubmittedScore } from '../order/column.js';
import { entryText } from '../outbox/entry.js';
import { type BoardOutcome, boundsError, queuedOutcome, readOutcomes } from './outcomes.js';
import { createSender, type Queueing } from './send-submit.js';
import { boardsNamed, type SubmitTarget } from './submit-args.js';
import { type Boards, checkRequest, type SubmitOptions, type SubmitRequest } from './submit-request.js';

/** What a submit did. */
export interface SubmitResult<O extends readonly Column[], B extends Boards> {
  /** By board. A board that is split is there when the submit named its part. */
  readonly boards: {
    readonly [K in keyof B]: B[K] extends { readonly by: string }
      ? BoardOutcome<O> | undefined
      : BoardOutcome<O>;
  };
  /** True when the key had been submitted before: this is the answer of then. */
  readonly repeated: boolean;
}

/** What became of the boards that a submit reached at once, in their order. */
export interface Submitted<O extends readonly Column[]> {
  readonly near: readonly SubmitTarget[];
  readonly outcomes: readonly BoardOutcome<O>[];
  /** The answer as it came. */
  readonly text: string;
  readonly repeated: boolean;
}

/** Submits to a leaderboard of one slot, and leaves in its outbox what boards of other slots are to get. */
export function createSubmit<O extends readonly Column[], B extends Boards, M>(
  home: BoardHome<M>,
): (member: string, score: SubmittedScore<O>, options?: SubmitOptions<B, M>) => Promise<SubmitResult<O, B>> {
  const { name, events } = home.options;
  const submitOne = createSubmitOne<O, M>(home);
  return async (member, score, options = {}) => {
    const request = checkRequest(home.options, member, score, options);
    const patience = events && patienceOf(home.clock, home.call(options));
    const submitted = await submitOne(request, options);
    const { near, outcomes } = submitted;
    if (events !== undefined && patience !== undefined) {
      const happened = near.flatMap((target, i) =>
        eventsOf(name, target, member, request.key, outcomes[i] as BoardOutcome<O>, events.top),
      );
      await handOver(events, happened, home.clock, patience);
    }
    return resultOf<O, B>(request, submitted);
  };
}

/** Submits a checked request to what lives in one slot. */
export function createSubmitOne<O extends readonly Column[], M>(
  home: BoardHome<M>,
): (request: SubmitRequest, call: CallOptions) => Promise<Submitted<O>> {
  const send = createSender(home);
  const anyApart = home.options.boards.some(({ apart }) => apart);
  return async (request, call) => {
    const { targets, key } = request;
    const near = anyApart ? targets.filter(({ board }) => !board.apart) : targets;
    const queue = near.length === targets.length ? undefined : queueing(request);
    const answer = await send(request, near, { queue }, call);
    if (answer.kind === 'bounds') throw boundsError(near, answer.board, answer.column);
    const named = answer.repeated ? boardsNamed(targets) : '';
    const outcomes = readOutcomes<O>(answer.text, near, named);
    if (outcomes === undefined) {
      throw new InvalidArgumentError(
        'key',
        'must not be used again for other boards, orders, operators, periods or parts',
        key,
      );
    }
    return { near, outcomes, text: answer.text, repeated: answer.repeated };
  };
}

/** What a submit is answered with. */
export function resultOf<O extends readonly Column[], B extends Boards>(
  { targets }: SubmitRequest,
  { near, outcomes, repeated }: Submitted<O>,
): SubmitResult<O, B> {
  const boards: Record<string, BoardOutcome<O>> = {};
  if (near.length < targets.length) for (const { board } of targets) boards[board.name] = queuedOutcome();
  for (let i = 0; i < near.length; i++) {
    boards[(near[i] as SubmitTarget).board.name] = outcomes[i] as BoardOutcome<O>;
  }
  return { boards: boards as SubmitResult<O, B>['boards'], repeated };
}

function queueing(request: SubmitRequest): Queueing {
  const places = request.targets.filter(({ board }) => board.apart);
  return {
    text: entryText(request, places),
    places: places.map(({ board, part }) =>
      JSON.stringify([board.name, ...(part === undefined ? [] : [part])]),
    ),
  };
}
