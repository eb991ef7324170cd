import {
  type CallOptions,
  checkCall,
  defineTrace,
  integerReply,
  type Reply,
  type Sender,
} from '@penknife/core';
import { publish, publishLatest, publishLog } from './commands.js';
import type { Counters } from './counters.js';
import type { AnyDefinition } from './definition.js';
import { frameHead, frameWithoutPosition } from './frame/frame.js';
import type { Origin } from './frame/origin.js';
import { validateNow } from './frame/validate-now.js';
import type { ServerNames } from './keys.js';
import { publishLogOnce, publishOnce } from './once-commands.js';
import { checkOnce, checkVersion, type PublishOptions } from './options.js';
import { placesOf } from './places.js';
import type { FireReceipt, LatestReceipt, LogReceipt } from './receipt.js';
import { type AnyParameters, channelOf, fillTemplate } from './template/template.js';

/** What publishes the messages of one definition. */
export interface PublisherParts {
  readonly driver: Sender;
  readonly definition: AnyDefinition;
  readonly names: ServerNames;
  readonly origin: Origin;
  readonly counters: Counters;
  readonly deadlineMs: number | undefined;
  /** Throws `ClosedError` once it is closed. */
  refuseClosed(): void;
}

/** Publishes one message. */
export type Publisher = (
  params: AnyParameters,
  message: unknown,
  options?: PublishOptions,
) => Promise<FireReceipt | LogReceipt | LatestReceipt>;

/** Where a channel and what goes with it are on the server. */
interface Where {
  readonly channel: string;
  readonly head: string;
  readonly history: string;
  readonly latest: string;
}

/** So many channels are remembered with their keys: publishers come back to the same ones. */
const mostKnown = 1000;

const trace = defineTrace('pubsub.publish');
const readReceivers = integerReply('PUBLISH');

/** The publisher of one definition. */
export function createPublisher(parts: PublisherParts): Publisher {
  const { driver, definition, names, origin, counters, deadlineMs, refuseClosed } = parts;
  const { codec, delivery, schema, sharded, template } = definition;
  const places = placesOf(names, definition);
  const traced = { template: template.text, delivery };
  const known = new Map<string, Where>();

  function whereIs(name: string, params: AnyParameters): Where {
    const found = known.get(name);
    if (found !== undefined) return found;
    const segments = fillTemplate(template, params);
    const key = (kind: 'head' | 'history' | 'latest'): string => places.key(kind, name, segments);
    const where = {
      channel: places.channel(name),
      head: key('head'),
      history: key('history'),
      latest: key('latest'),
    };
    if (known.size >= mostKnown) known.clear();
    known.set(name, where);
    return where;
  }

  function callOptions(options: PublishOptions | undefined): CallOptions | undefined {
    const { signal, deadlineMs: own = deadlineMs } = options ?? {};
    if (signal === undefined && own === undefined) return undefined;
    return { ...(signal !== undefined && { signal }), ...(own !== undefined && { deadlineMs: own }) };
  }

  /** Read as a part of the answer: a publish has no promise but the driver's. */
  const readFire = (reply: Reply): FireReceipt => {
    const receivers = readReceivers(reply);
    counters.published++;
    return { receivers };
  };
  const counted = <R extends FireReceipt | LatestReceipt>(answer: R): R => {
    if (answer.repeated === undefined && (!('stored' in answer) || answer.stored)) counters.published++;
    return answer;
  };

  function begin(
    params: AnyParameters,
    message: unknown,
    options: PublishOptions | undefined,
  ): Promise<FireReceipt | LogReceipt | LatestReceipt> {
    refuseClosed();
    checkCall(options);
    const name = channelOf(template, params);
    const version = checkVersion(options?.version, delivery === 'latest');
    const once = checkOnce(options?.once, delivery === 'latest');
    if (schema !== undefined) validateNow(schema, message, `a message for ${template.text}`);
    const body = codec.encode(message as never);
    const id = origin.nextId();
    const head = frameHead(codec, id);
    const call = callOptions(options);
    if (delivery === 'fire') {
      const channel = places.channel(name);
      if (once !== undefined) {
        const onceKeys = { channel, once: places.key('once', name, fillTemplate(template, params), once) };
        return driver
          .send(publishOnce(onceKeys, definition, frameWithoutPosition(head, body)), call)
          .then(counted);
      }
      return driver.send(publish(channel, sharded, frameWithoutPosition(head, body), readFire), call);
    }
    const keys = whereIs(name, params);
    if (delivery === 'log') {
      if (once !== undefined) {
        const onceKeys = { ...keys, once: places.key('once', name, fillTemplate(template, params), once) };
        return driver
          .send(publishLogOnce(onceKeys, definition, { head, body, epoch: id }), call)
          .then(counted);
      }
      return driver
        .send(publishLog(keys, definition, { head, body, epoch: id }), call)
        .then(({ position, receivers }) => counted({ position, receivers }));
    }
    return driver
      .send(publishLatest(keys, definition, { head, body, epoch: id, version }), call)
      .then(counted);
  }

  const send: Publisher = (params, message, options) => {
    try {
      return begin(params, message, options);
    } catch (error) {
      return Promise.reject(error);
    }
  };

  return (params, message, options) =>
    trace(
      () => traced,
      () => send(params, message, options),
    );
}
