import {
  type CallOptions,
  checkCall,
  checkObject,
  type Duration,
  durationMs,
  InvalidArgumentError,
} from '@penknife/core';
import type { ChannelStats } from '../channel.js';
import type { Counters } from '../counters.js';
import type { Health } from '../hub/liveness.js';
import { type PubSub, partsOf } from '../pub-sub.js';
import { defineRequest, type RequestDefinition } from '../requests/request-definition.js';
import { createRequests } from '../requests/requests.js';
import { Rates } from './rates.js';

/** How a process tells of itself. */
export interface InsightOptions {
  /** Names this process, 1 to 160 bytes. Default: its origin. */
  readonly name?: string;
  /** Over how long rates are. Default `'10s'`, at least `'1s'`. */
  readonly rateWindow?: Duration;
  /** How many live channels of a definition an answer lists. Default 100. */
  readonly limit?: number;
}

/** What to ask for. */
export interface SurveyOptions extends CallOptions {
  /** How long to wait for answers, in ms. Default 1000. */
  readonly deadlineMs?: number;
  /** Only definitions of this template. */
  readonly template?: string;
  /** Only who listens to this channel, named as events name it. */
  readonly channel?: string;
}

/** One definition, as one process sees it. */
export interface SurveyedChannel extends ChannelStats {
  /** Each counter a second, over the last `rateWindow`. */
  readonly rates: Readonly<Counters>;
  /** How many live channels there are beside those listed. */
  readonly unlisted: number;
}

/** One process. */
export interface SurveyedNode {
  readonly name: string;
  readonly origin: string;
  readonly health: Health;
  readonly channels: readonly SurveyedChannel[];
}

/** Who answered. */
export interface Survey {
  readonly nodes: readonly SurveyedNode[];
  /** Processes whose lease runs and that were not heard of in time: how many. */
  readonly missing: number;
}

/** A process that tells of itself, and asks the others. */
export interface Insight {
  readonly name: string;
  /** Who listens where, rates, drops and last gaps, of every process that has an insight, this one among them. */
  survey(options?: SurveyOptions): Promise<Survey>;
  /** Answers no more. Close it before the pub/sub. Repeatable. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

interface Question {
  readonly template?: string | undefined;
  readonly channel?: string | undefined;
}

const scope = { scope: 'all' };
const nodes: RequestDefinition<'insight:{scope}', Question, SurveyedNode> = defineRequest('insight:{scope}');
/** What carries the survey itself is not told of. */
const own: ReadonlySet<string> = new Set(
  [nodes.requests, nodes.answers].map(({ template }) => template.text),
);

/**
 * Makes this process answer surveys over all processes of the namespace, and ask them. Whose answers to expect is known from
 * leases, as with any request. Nothing of a message is told: counts, names of channels, positions, gaps.
 *
 * ```ts
 * const insight = await createInsight(pubsub, { name: 'web-1' });
 * const { nodes, missing } = await insight.survey({ channel: 'room:7:message' });
 * ```
 */
export async function createInsight(pubsub: PubSub, options: InsightOptions = {}): Promise<Insight> {
  const { driver, names } = partsOf(pubsub);
  checkObject('options', options);
  const { name = pubsub.origin, rateWindow = '10s', limit = 100 } = options;
  if (typeof name !== 'string' || name.length === 0 || Buffer.byteLength(name) > 160) {
    throw new InvalidArgumentError('name', 'must be a string of 1 to 160 bytes', name);
  }
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw new InvalidArgumentError('limit', 'must be a whole number of at least 1', limit);
  }
  const rates = new Rates(driver.clock, durationMs(rateWindow, 'rateWindow', { minMs: 1000 }), () =>
    pubsub.stats(),
  );
  const requests = createRequests(pubsub, nodes);

  function answer({ template, channel }: Question): SurveyedNode {
    const channels: SurveyedChannel[] = [];
    for (const [index, stats] of pubsub.stats().entries()) {
      if (own.has(stats.template) || (template !== undefined && stats.template !== template)) continue;
      const live = stats.live.flatMap((view) => {
        const short = names.nameOf(view.channel) ?? view.channel;
        return channel === undefined || channel === short ? [{ ...view, channel: short }] : [];
      });
      if (channel !== undefined && live.length === 0) continue;
      channels.push({
        ...stats,
        rates: rates.of(index, stats),
        live: live.slice(0, limit),
        unlisted: Math.max(0, live.length - limit),
      });
    }
    return { name, origin: pubsub.origin, health: pubsub.health(), channels };
  }

  await requests.respond(scope, answer);
  rates.begin();
  let closed: Promise<void> | undefined;
  const insight: Insight = {
    name,
    async survey(options = {}) {
      checkCall(options);
      const { template, channel, deadlineMs = 1000, signal } = options;
      for (const [argument, given] of Object.entries({ template, channel }))
        if (given !== undefined && typeof given !== 'string')
          throw new InvalidArgumentError(argument, 'must be a string', given);
      const asked = await requests.ask(
        scope,
        { template, channel },
        { deadlineMs, ...(signal && { signal }) },
      );
      const found = asked.answers.map(({ answer: node }) => node);
      return {
        nodes: found.sort((a, b) => (a.name < b.name ? -1 : 1)),
        missing: asked.missing.length + asked.failed.length,
      };
    },
    close() {
      rates.close();
      closed ??= requests.close();
      return closed;
    },
    [Symbol.asyncDispose]: () => insight.close(),
  };
  return insight;
}
