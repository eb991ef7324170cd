import { type CallOptions, callWithin, type Driver, InvalidArgumentError } from '@penknife/core';
import {
  type AppendOptions,
  appendDurably,
  type Durability,
  resolveDurability,
} from './appending/durability.js';
import { NamedAppends } from './appending/named-appends.js';
import { type Appended, appendInOrder, appendPlainly, appendWithEffects } from './commands/append.js';
import { groupFigures, seekGroup } from './commands/group.js';
import { checkEffects } from './commands/once.js';
import { rangeOf } from './commands/read.js';
import { cancelScheduled, promoteDue, scheduleMessage } from './commands/schedule.js';
import { Ladder } from './consumer/capabilities.js';
import { startConsumer } from './consumer/consumer.js';
import {
  type ConsumerOptions,
  checkConsume,
  checkName,
  resolveConsumerOptions,
} from './consumer/consumer-options.js';
import type { Work } from './consumer/work.js';
import { createDeadLetters } from './dead-letters.js';
import type { StreamDefinition } from './definition.js';
import { type EncodedDraft, encodeDraft, travelsIn } from './entry/encode-draft.js';
import { checkId, idBefore } from './entry/position.js';
import { NotDurableError, PartlyAppendedError } from './errors.js';
import { countLimit, statsOf } from './group-stats.js';
import { keysOfStream } from './keys.js';
import type { ResolvedStreamsOptions } from './options.js';
import { open, walkRange } from './reading/range.js';
import { followLog } from './reading/tail.js';
import { resolveSchedule } from './scheduling/schedule-options.js';
import { startScheduler } from './scheduling/scheduler.js';
import type { Draft, Stream, StreamHost } from './stream.js';
import { type TraceParent, traced } from './telemetry.js';
import { trimLog } from './trimming/trim.js';
import { resolveTrim } from './trimming/trim-options.js';
import { startTrimmer } from './trimming/trimmer.js';

const appendedAtOnce = 200;

/** A stream, as the package itself has it. */
export interface OpenedStream extends Stream<{ readonly data: unknown }, { readonly data: unknown }> {
  /** As `appendMany`, of what is encoded already. */
  appendEncoded(
    encoded: readonly EncodedDraft[],
    options: AppendOptions | undefined,
  ): Promise<readonly Appended[]>;
}

/** What is to be said of a call that had appended these when it failed. */
function afterSome(error: unknown, appended: readonly Appended[], messages: number): unknown {
  if (error instanceof NotDurableError) return error.after(appended);
  const rest: undefined[] = new Array(messages - appended.length).fill(undefined);
  return new PartlyAppendedError([...appended, ...rest], error);
}

/** Makes the handle of a stream. */
export function createStream(
  driver: Driver,
  definition: StreamDefinition<never, unknown>,
  options: ResolvedStreamsOptions,
  host: StreamHost,
): OpenedStream {
  const keys = keysOfStream(options.namespace, definition.name);
  const { name } = definition;
  const named = new NamedAppends(driver, options.repeatAppends);

  async function appendAll(
    drafts: readonly Draft<{ readonly data: unknown }>[],
    call: AppendOptions | undefined,
    travelling: TraceParent | undefined,
  ): Promise<readonly Appended[]> {
    const durability = resolveDurability(call);
    const encoded = await Promise.all(drafts.map((draft) => encodeDraft(definition, draft, travelling)));
    return appendEach(encoded, durability, call);
  }

  async function appendEach(
    encoded: readonly EncodedDraft[],
    durability: Durability | undefined,
    call: AppendOptions | undefined,
  ): Promise<readonly Appended[]> {
    const appended: Appended[] = [];
    for (let from = 0; from < encoded.length; from += appendedAtOnce) {
      const some = encoded.slice(from, from + appendedAtOnce);
      // The server waits for an offset of its log, and what was written before lies before it: the last act stands for all.
      const last = from + appendedAtOnce >= encoded.length;
      try {
        appended.push(...(await appendSome(some, last ? durability : undefined, call)));
      } catch (error) {
        throw from === 0 ? error : afterSome(error, appended, encoded.length);
      }
    }
    return appended;
  }

  function sending<T>(
    messages: number,
    run: (travelling: TraceParent | undefined) => Promise<T>,
  ): Promise<T> {
    return traced(options.telemetry, 'send', () => ({ stream: name, messages }), run);
  }

  function appendSome(
    some: readonly EncodedDraft[],
    durability: Durability | undefined,
    call: CallOptions | undefined,
  ): Promise<readonly Appended[]> {
    const how = options.call(callWithin(call));
    if (durability === undefined) return driver.send(appendInOrder(keys, definition, some), how);
    const append = appendInOrder(keys, definition, some, true);
    return appendDurably(driver, host.lanes, append, durability, how);
  }

  async function appendOne(
    draft: Draft<{ readonly data: unknown }>,
    call: AppendOptions | undefined,
    travelling: TraceParent | undefined,
  ): Promise<Appended> {
    const durability = resolveDurability(call);
    const encoded = await encodeDraft(definition, draft, travelling);
    const plain = durability === undefined ? appendPlainly(keys, definition, encoded) : undefined;
    if (plain !== undefined) return named.send(plain, options.call(call));
    const [appended] = await appendSome([encoded], durability, call);
    return appended as Appended;
  }

  return {
    name,
    hashTag: /\{[^}]+\}/.exec(keys.log)?.[0] ?? '',
    append: (draft, call) => sending(1, (travelling) => appendOne(draft, call, travelling)),
    async appendMany(drafts, call) {
      if (!Array.isArray(drafts)) throw new InvalidArgumentError('messages', 'must be an array', drafts);
      return sending(drafts.length, (travelling) => appendAll(drafts, call, travelling));
    },
    appendEncoded(encoded, call) {
      return sending(encoded.length, async (travelling) => {
        const travels = encoded.map((one) => travelsIn(one, travelling));
        return appendEach(travels, resolveDurability(call), call);
      });
    },
    async appendWith(draft, effects, call) {
      checkEffects(effects, keys.log);
      return sending(1, async (travelling) => {
        const encoded = await encodeDraft(definition, draft, travelling);
        return driver.send(appendWithEffects(keys, definition, encoded, effects), options.call(call));
      });
    },
    async read(id, call) {
      const exact = checkId(id, 'id');
      const [entry] = await driver.send(rangeOf(keys.log, exact, exact, 1, false), options.call(call));
      return entry === undefined ? null : ((await open(definition, entry, undefined)) ?? null);
    },
    range: (range = {}) => walkRange(driver, definition, keys.log, range, options.call(callWithin(range))),
    tail: (tail = {}) => followLog(driver, definition, keys, tail),
    consume(
      group: string,
      handler: (given: never) => unknown,
      given: ConsumerOptions & { readonly batch?: number } = {},
    ) {
      checkConsume(group, handler);
      host.refuseClosed();
      const resolved = resolveConsumerOptions(given);
      const handle = handler as (given: unknown) => unknown;
      const work: Work = resolved.batch === undefined ? ([message]) => handle(message) : handle;
      const consumer = startConsumer({
        driver,
        definition,
        keys: keys.group(group),
        group,
        options: resolved,
        work,
        telemetry: options.telemetry,
        ladder: new Ladder(options.repeatAppends, definition),
        ended: host.ended,
      });
      host.started(consumer);
      return consumer;
    },
    async stats(group, call) {
      checkName('group', group);
      return statsOf(
        group,
        await driver.send(groupFigures(keys.group(group), group, countLimit), options.call(call)),
      );
    },
    async seek(group, position, call) {
      checkName('group', group);
      const afterId = idBefore(position, 'position');
      await driver.send(seekGroup(keys.group(group), group, afterId), options.call(call));
    },
    deadLetters(group) {
      checkName('group', group);
      return createDeadLetters(driver, definition, keys.group(group), group, options.call);
    },
    async trim(trim) {
      return trimLog(driver, keys, resolveTrim(trim), options.call(callWithin(trim)));
    },
    startTrimmer(trimmer) {
      host.refuseClosed();
      const resolved = resolveTrim(trimmer);
      const call = options.call(callWithin(trimmer));
      const started = startTrimmer(
        driver.clock,
        trimmer,
        () => trimLog(driver, keys, resolved, call),
        host.ended,
      );
      host.started(started);
      return started;
    },
    async schedule(draft, when) {
      const due = resolveSchedule(when, driver.clock.now());
      const { id = Buffer.from(driver.random.bytes(12)).toString('base64url') } = when;
      const { fields, messageId } = await encodeDraft(definition, draft);
      if (messageId !== undefined) {
        const rule =
          'must be absent: what is scheduled is named by the id of its schedule, and appended once';
        throw new InvalidArgumentError('message id', rule, messageId);
      }
      const call = options.call(callWithin(when));
      const { scheduled, atMs } = await driver.send(
        scheduleMessage(keys, checkName('id', id), due, fields),
        call,
      );
      return { id, atMs, duplicate: !scheduled };
    },
    cancel: async (id, call) => driver.send(cancelScheduled(keys, checkName('id', id)), options.call(call)),
    async promote(id, call) {
      const now = promoteDue(keys, 1, definition.retention, checkName('id', id));
      return (await driver.send(now, options.call(call))).appended > 0;
    },
    startScheduler(how = {}) {
      host.refuseClosed();
      const started = startScheduler(driver, keys, definition.retention, how, host.ended);
      host.started(started);
      return started;
    },
    aside: (range = {}) => walkRange(driver, definition, keys.aside, range, options.call(callWithin(range))),
  };
}
