import { backoffMs } from '@penknife/core';
import type { Death } from '../commands/bury.js';
import { type DecodedEntry, decodeEntry } from '../entry/decode-entry.js';
import { fieldNames, fieldOf } from '../entry/raw-entry.js';
import { PoisonError } from '../errors.js';
import { isTold, type Operation, traced } from '../telemetry.js';
import type { ConsumerParts } from './consumer-parts.js';
import { errorChain } from './error-chain.js';
import type { HeldEntry } from './held-entry.js';
import type { Holdings } from './holdings.js';
import type { InPlace } from './in-place.js';
import { Message, type MessageHost } from './received-message.js';
import type { Settlements } from './settlements.js';
import type { Tenure } from './tenure.js';

/** What is done with messages: one for a single one, several for a batch. */
export type Work = (messages: readonly Message[]) => unknown;

/** From an owned entry to a settled one: decode, judge, hand to the handler, settle by what came of it. */
export class Workbench implements MessageHost {
  readonly holdings: Holdings;
  readonly settlements: Settlements;
  readonly #parts: ConsumerParts;
  readonly #work: Work;
  readonly #retryPlanned: (delayMs: number) => void;
  readonly #inPlace: InPlace | undefined;

  constructor(
    parts: ConsumerParts,
    work: Work,
    holdings: Holdings,
    settlements: Settlements,
    retryPlanned: (delayMs: number) => void,
    inPlace: InPlace | undefined,
  ) {
    this.#inPlace = inPlace;
    this.#parts = parts;
    this.#work = work;
    this.holdings = holdings;
    this.settlements = settlements;
    this.#retryPlanned = retryPlanned;
  }

  get log(): string {
    return this.#parts.keys.log;
  }

  get lane(): string | undefined {
    return this.#parts.lane;
  }

  get tenure(): Tenure | undefined {
    return this.#parts.tenure;
  }

  originOf({ id, fields }: HeldEntry): string {
    const origin = fieldOf(fields, fieldNames.origin);
    return origin === undefined ? id : Buffer.from(origin).toString();
  }

  /** Handles entries that are ours; `done` is called when the handler has ended. Settlements may be under way then. */
  process(entries: readonly HeldEntry[], done: () => void): void {
    const opened = entries.map((entry) => {
      entry.state = 'started';
      return this.#open(entry);
    });
    if (opened.some((one) => one instanceof Promise)) {
      void Promise.all(opened).then((messages) => this.#handle(messages, entries, done));
    } else this.#handle(opened as readonly (Message | undefined)[], entries, done);
  }

  #handle(opened: readonly (Message | undefined)[], entries: readonly HeldEntry[], done: () => void): void {
    const messages = opened.filter((message) => message !== undefined);
    const handled = entries.filter((_, i) => opened[i] !== undefined);
    const ended = messages.length === 0 ? Promise.resolve() : this.#run(messages);
    // Never in this very turn: whoever is told starts the next.
    void ended.then(
      () => {
        for (const entry of handled) this.#returned(entry);
        done();
      },
      (error: unknown) => {
        for (const entry of handled) this.#threw(entry, error);
        done();
      },
    );
  }

  /** The handler's work, in its span where there is one. */
  #run(messages: readonly Message[]): Promise<unknown> {
    const { definition, owner, telemetry } = this.#parts;
    // What nobody is told of need not be put into words: this is done for every message.
    if (!isTold(telemetry, 'process')) return start(() => this.#work(messages));
    const operation = (): Omit<Operation, 'type'> => ({
      stream: definition.name,
      group: owner.group,
      messages: messages.length,
      ...(messages.length === 1 && { messageId: messages[0]?.id as string }),
      parents: messages.flatMap(({ trace }) => trace ?? []),
    });
    return start(() => traced(telemetry, 'process', operation, async () => this.#work(messages)));
  }

  #returned(entry: HeldEntry): void {
    if (entry.state !== 'started') return;
    if (entry.refusal === undefined) this.settlements.acknowledge(entry);
    else void this.fail(entry, entry.refusal);
  }

  #threw(entry: HeldEntry, error: unknown): void {
    if (entry.state === 'started') void this.fail(entry, error);
    else if (!entry.lost) this.#parts.emit({ type: 'late-failure', id: entry.id, error });
  }

  async fail(entry: HeldEntry, error: unknown, wantedDelayMs?: number): Promise<boolean> {
    const { driver, options, emit } = this.#parts;
    const failures = entry.failures + 1;
    if (failures >= options.failures) {
      return this.#giveUp(entry, { reason: 'failed', errors: errorChain(error), failed: true }, error);
    }
    const delayMs = wantedDelayMs ?? backoffMs(options.backoff, failures, driver.random);
    const done =
      this.#inPlace === undefined
        ? await this.settlements.retry(entry, delayMs)
        : await this.#inPlace.again(entry, delayMs);
    if (!done) return false;
    emit({ type: 'retry', id: entry.id, failures, delayMs, error });
    if (this.#inPlace === undefined) this.#retryPlanned(delayMs);
    return true;
  }

  kill(entry: HeldEntry, reason: string): Promise<boolean> {
    return this.#bury(entry, { reason, errors: [], failed: false }, undefined);
  }

  /** The message; undefined when there is none to handle, and its entry is being settled. A promise where its schema is one. */
  #open(entry: HeldEntry): Message | undefined | Promise<Message | undefined> {
    const { definition, options, owner } = this.#parts;
    const onlyGroup = fieldOf(entry.fields, fieldNames.onlyGroup);
    if (onlyGroup !== undefined && Buffer.from(onlyGroup).toString() !== owner.group) {
      this.settlements.acknowledge(entry);
      return undefined;
    }
    if (entry.crashes > options.crashes) {
      void this.#giveUp(entry, { reason: 'crashed', errors: [], failed: false }, undefined);
      return undefined;
    }
    const decoded = decodeEntry(definition, entry.id, entry.fields);
    return decoded instanceof Promise
      ? decoded.then((one) => this.#judge(entry, one))
      : this.#judge(entry, decoded);
  }

  #judge(entry: HeldEntry, decoded: DecodedEntry | PoisonError): Message | undefined {
    if (!(decoded instanceof PoisonError)) return new Message(decoded, entry, this);
    const { reason } = decoded;
    void this.#giveUp(entry, { reason, errors: errorChain(decoded), failed: false }, decoded);
    return undefined;
  }

  /** It cannot be handled: a dead letter, or the end of its key until somebody decides. */
  async #giveUp(entry: HeldEntry, death: Death, error: unknown): Promise<boolean> {
    if (this.#inPlace?.halt(entry, death.reason, error, () => this.#bury(entry, death, error))) return true;
    return this.#bury(entry, death, error);
  }

  async #bury(entry: HeldEntry, death: Death, error: unknown): Promise<boolean> {
    const deadLetters = await this.settlements.bury(entry, death);
    if (deadLetters === undefined) return false;
    this.#parts.emit({ type: 'dead-letter', id: entry.id, reason: death.reason, error, deadLetters });
    return true;
  }
}

/** A handler may throw, return or promise: always a promise. */
function start(handle: () => unknown): Promise<unknown> {
  try {
    return Promise.resolve(handle());
  } catch (error) {
    return Promise.reject(error);
  }
}
