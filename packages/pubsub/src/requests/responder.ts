import { checkObject, InvalidArgumentError, reportListenerError } from '@penknife/core';
import type { Channel } from '../channel.js';
import type { AnyParameters } from '../template/template.js';
import { readBody, writeBody } from './body.js';
import type { AnswerEnvelope, RequestEnvelope } from './envelopes.js';
import type { RequestDefinition } from './request-definition.js';
import type { ResponderLeases } from './responder-leases.js';

/** How a responder is served. */
export interface RespondOptions {
  /** How many requests are worked on at once; others wait, at most 1000. Default 10. */
  readonly concurrency?: number;
}

/** Somebody who answers. */
export interface Responder {
  /** Names it in `from` and `missing`. A new one each time. */
  readonly id: string;
  /** Nobody is told to expect an answer any more; resolves when what it works on is answered. Repeatable. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** What one responder is made of. */
export interface ResponderParts<Q, A> {
  readonly definition: RequestDefinition<string, Q, A>;
  readonly requestChannel: Channel<string, RequestEnvelope, RequestEnvelope, 'fire'>;
  readonly answerChannel: Channel<'answers:{inbox}', AnswerEnvelope, AnswerEnvelope, 'fire'>;
  readonly leases: ResponderLeases;
  readonly id: string;
  readonly key: string;
  readonly params: AnyParameters;
  readonly options: RespondOptions;
  handler(request: Q, params: never): A | Promise<A>;
  closed(responder: Responder): void;
}

/** Begins to respond. It listens first and is expected second: who is expected hears. */
export async function createResponder<Q, A>(parts: ResponderParts<Q, A>): Promise<Responder> {
  const { definition, requestChannel, answerChannel, leases, id, params, handler } = parts;
  checkObject('options', parts.options);
  const { concurrency = 10 } = parts.options;
  if (typeof handler !== 'function') throw new InvalidArgumentError('handler', 'must be a function', handler);
  if (!Number.isSafeInteger(concurrency) || concurrency < 1) {
    throw new InvalidArgumentError('concurrency', 'must be a whole number of at least 1', concurrency);
  }
  const running = new Set<Promise<void>>();

  async function answer(request: RequestEnvelope): Promise<void> {
    let body: Uint8Array | undefined;
    try {
      const found = readBody(definition.request, request.body, 'a request');
      if (found !== undefined) {
        body = writeBody(definition.answer, await handler(found.value, params as never), 'an answer');
      }
    } catch (error) {
      reportListenerError(error);
    }
    const { inbox, number } = request;
    const failed = body === undefined;
    await answerChannel.publish({ inbox }, { number, from: id, failed, body: body ?? new Uint8Array(0) });
  }

  const subscription = await requestChannel.subscribe(params as never, (request) => {
    const run = answer(request)
      .catch(reportListenerError)
      .finally(() => running.delete(run));
    running.add(run);
    return running.size < concurrency ? undefined : Promise.race(running);
  });
  try {
    await leases.begin(id, parts.key);
  } catch (error) {
    await subscription.close();
    throw error;
  }
  let ended: Promise<void> | undefined;
  async function end(): Promise<void> {
    parts.closed(responder);
    try {
      await leases.end(id);
    } finally {
      await subscription.close();
      await Promise.all(running);
    }
  }
  const responder: Responder = {
    id,
    close() {
      ended ??= end();
      return ended;
    },
    [Symbol.asyncDispose]: () => responder.close(),
  };
  return responder;
}
