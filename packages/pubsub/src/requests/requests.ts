import {
  AbortedError,
  type CallOptions,
  ClosedError,
  checkCall,
  InvalidArgumentError,
  reportListenerError,
} from '@penknife/core';
import { frameHead, frameWithoutPosition } from '../frame/frame.js';
import { within } from '../listener/within.js';
import { placesOf } from '../places.js';
import { type PubSub, partsOf } from '../pub-sub.js';
import type { Subscription } from '../subscription.js';
import { type AnyParameters, channelOf, fillTemplate } from '../template/template.js';
import type { ParametersOf } from '../template/template-types.js';
import { readBody, writeBody } from './body.js';
import { requestCodec } from './envelopes.js';
import { type Answers, PendingAnswers } from './pending-answers.js';
import { askScript, responderLimit } from './request-commands.js';
import type { RequestDefinition } from './request-definition.js';
import { createResponder, type Responder, type RespondOptions } from './responder.js';
import { ResponderLeases } from './responder-leases.js';

/** What a request may say. */
export interface AskOptions extends CallOptions {
  /** How long to wait for answers, in ms. Default 5000. */
  readonly deadlineMs?: number;
  /** So many answers are enough. Default: everybody's. */
  readonly enough?: number;
}

/** Requests of one definition. */
export interface Requests<T extends string, Q, A> {
  /**
   * Asks everybody who responds. Resolves when all whose lease runs have answered, or enough have, or the deadline is over:
   * then with what there is, and who is missing. Rejects when the request could not be published, or its signal fires.
   */
  ask(params: ParametersOf<T>, request: Q, options?: AskOptions): Promise<Answers<A>>;
  /** Answers requests from now on. What the handler throws is reported, and the asker hears that it failed. */
  respond(
    params: ParametersOf<T>,
    handler: (request: Q, params: ParametersOf<T>) => A | Promise<A>,
    options?: RespondOptions,
  ): Promise<Responder>;
  /** Ends responding and asking; requests that are pending reject. Close it before the pub/sub. Repeatable. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const pendingLimit = 10_000;

/**
 * Requests and their answers over pub/sub. Whose answers to expect is known from leases that responders renew, read in the
 * same act that publishes the request: a process that is killed is expected no longer than its lease, and what a server counts
 * as subscribers plays no part. At most once: a request that is lost is an answer that is missing.
 *
 * ```ts
 * const ready = createRequests(pubsub, readyRequest);
 * await ready.respond({ game: '7' }, () => ({ ready: true }));
 * const { answers, missing } = await ready.ask({ game: '7' }, {}, { deadlineMs: 500 });
 * ```
 */
export function createRequests<T extends string, Q, A>(
  pubsub: PubSub,
  definition: RequestDefinition<T, Q, A>,
): Requests<T, Q, A> {
  const shared = partsOf(pubsub);
  if (typeof definition?.requests?.template?.text !== 'string')
    throw new InvalidArgumentError('definition', 'must be what defineRequest gave', definition);
  const { driver, names, origin } = shared;
  const { requests, answers: answersDefinition } = definition;
  const { template, sharded } = requests;
  const places = placesOf(names, requests);
  const requestChannel = pubsub.channel(requests);
  const answerChannel = pubsub.channel(answersDefinition);
  const inbox = origin.nextId();
  const leases = new ResponderLeases(driver, definition.leaseMs);
  const pending = new Map<string, PendingAnswers<A>>();
  const responders = new Set<Responder>();
  let numbers = 0;
  let listening: Promise<Subscription> | undefined;
  let closed: Promise<void> | undefined;

  function respondersKey(params: AnyParameters): string {
    return places.key('responders', channelOf(template, params), fillTemplate(template, params));
  }

  function refuseClosed(): void {
    if (closed !== undefined) throw new ClosedError('requests', 'no');
    shared.refuseClosed();
  }

  /** One inbox for all requests of this handle. */
  function opened(): Promise<Subscription> {
    if (listening === undefined) {
      const opening = answerChannel.subscribe({ inbox }, ({ number, from, failed, body }) => {
        pending.get(number)?.take(from, failed ? undefined : readBody(definition.answer, body, 'an answer'));
      });
      listening = opening;
      opening.catch(() => {
        if (listening === opening) listening = undefined;
      });
    }
    return listening;
  }

  async function ask(params: AnyParameters, request: Q, options: AskOptions): Promise<Answers<A>> {
    refuseClosed();
    checkCall(options);
    const { deadlineMs = 5000, enough = Number.POSITIVE_INFINITY, signal } = options;
    if (enough !== Number.POSITIVE_INFINITY && !(Number.isSafeInteger(enough) && enough > 0)) {
      throw new InvalidArgumentError('enough', 'must be a whole number of at least 1', enough);
    }
    if (pending.size >= pendingLimit) {
      throw new InvalidArgumentError(
        'ask',
        `must have at most ${pendingLimit} requests pending`,
        pending.size,
      );
    }
    const body = writeBody(definition.request, request, `a request for ${template.text}`);
    const keys = [respondersKey(params), places.channel(channelOf(template, params))];
    if (signal?.aborted) throw new AbortedError(signal.reason, 'no');
    const number = (++numbers).toString(36);
    const answers = new PendingAnswers<A>(driver.clock, { deadlineMs, enough, signal });
    pending.set(number, answers);
    try {
      const began = driver.clock.monotonic();
      await within(driver.clock, { deadlineMs, ...(signal && { signal }) }, opened(), () => undefined);
      if (closed !== undefined) throw new ClosedError('requests', 'no');
      const leftMs = Math.max(1, deadlineMs - (driver.clock.monotonic() - began));
      const head = frameHead(requestCodec as never, origin.nextId());
      const frame = frameWithoutPosition(head, requestCodec.encode({ inbox, number, body }));
      const act = askScript(keys as [string, string], [
        frame,
        sharded ? 'SPUBLISH' : 'PUBLISH',
        responderLimit,
      ]);
      answers.expect(await driver.send(act, { deadlineMs: leftMs, ...(signal && { signal }) }));
      return await answers.outcome;
    } catch (error) {
      answers.fail(error);
      throw error;
    } finally {
      pending.delete(number);
    }
  }

  async function respond(
    params: AnyParameters,
    handler: (request: Q, params: never) => A | Promise<A>,
    options: RespondOptions,
  ): Promise<Responder> {
    refuseClosed();
    const responder = await createResponder<Q, A>({
      definition,
      requestChannel: requestChannel as never,
      answerChannel,
      leases,
      id: origin.nextId(),
      key: respondersKey(params),
      params,
      handler,
      options,
      closed: (ended) => responders.delete(ended),
    });
    // Closed while it began: nobody else would ever end it.
    if (closed !== undefined) {
      await responder.close().catch(reportListenerError);
      throw new ClosedError('requests', 'maybe');
    }
    responders.add(responder);
    return responder;
  }

  async function close(): Promise<void> {
    for (const answers of pending.values()) answers.fail(new ClosedError('requests', 'maybe'));
    try {
      await Promise.all([...responders].map((responder) => responder.close()));
    } finally {
      // One that failed has told so where it was asked for, and holds nothing.
      const open = await listening?.catch(() => undefined);
      await open?.close();
    }
  }

  const handle: Requests<T, Q, A> = {
    ask: async (params, request, options = {}) => ask(params, request, options),
    respond: async (params, handler, options = {}) => respond(params, handler as never, options),
    close() {
      closed ??= close();
      return closed;
    },
    [Symbol.asyncDispose]: () => handle.close(),
  };
  return handle;
}
