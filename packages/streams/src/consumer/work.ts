import { backoffMs } from '@penknife/core';
import type { Death } from '../commands/settle.js';
import { type DecodedEntry, decodeEntry } from '../entry/decode-entry.js';
import { fieldNames, fieldOf } from '../entry/raw-entry.js';
import { PoisonError } from '../errors.js';
import { type Operation, traced } from '../telemetry.js';
import type { ConsumerParts } from './consumer-parts.js';
import type { HeldEntry } from './held-entry.js';
import type { Holdings } from './holdings.js';
import type { InPlace } from './in-place.js';
import { Message, type MessageHost } from './received-message.js';
import type { Settlements } from './settlements.js';
import type { Tenure } from './tenure.js';

/** What is done with messages: one for a single one, several for a batch. */
export type Work = (messages: readonly Message[]) => unknown;

const longestErrorText = 1000;

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

  /** Handles entries that are ours. Never rejects; settlements may still be under way when it resolves. */
  async process(entries: readonly HeldEntry[]): Promise<void> {
    const messages: Message[] = [];
    const handled: HeldEntry[] = [];
    for (const entry of entries) {
      entry.state = 'started';
      const message = await this.#open(entry);
      if (message === undefined) continue;
      messages.push(message);
      handled.push(entry);
    }
    if (messages.length === 0) return;
    const { definition, owner, telemetry } = this.#parts;
    const operation = (): Omit<Operation, 'type'> => ({
      stream: definition.name,
      group: owner.group,
      messages: messages.length,
      ...(messages.length === 1 && { messageId: messages[0]?.id as string }),
      parents: messages.flatMap(({ trace }) => trace ?? []),
    });
    try {
      await traced(telemetry, 'process', operation, async () => this.#work(messages));
    } catch (error) {
      for (const entry of handled) {
        if (entry.state === 'started') void this.fail(entry, error);
        else if (!entry.lost) this.#parts.emit({ type: 'late-failure', id: entry.id, error });
      }
      return;
    }
    for (const entry of handled) if (entry.state === 'started') void this.settlements.ack(entry);
  }

  async fail(entry: HeldEntry, error: unknown, wantedDelayMs?: number): Promise<boolean> {
    const { driver, options, emit } = this.#parts;
    const failures = entry.failures + 1;
    if (failures >= options.failures) {
      return this.#giveUp(entry, { reason: 'failed', ...described(error), failed: true }, error);
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
    return this.#bury(entry, { reason, errorClass: '', errorMessage: '', failed: false }, undefined);
  }

  /** The message; undefined when there is none to handle, and its entry is being settled. */
  async #open(entry: HeldEntry): Promise<Message | undefined> {
    const { definition, options, owner } = this.#parts;
    const onlyGroup = fieldOf(entry.fields, fieldNames.onlyGroup);
    if (onlyGroup !== undefined && Buffer.from(onlyGroup).toString() !== owner.group) {
      void this.settlements.ack(entry);
      return undefined;
    }
    if (entry.crashes > options.crashes) {
      void this.#giveUp(
        entry,
        { reason: 'crashed', errorClass: '', errorMessage: '', failed: false },
        undefined,
      );
      return undefined;
    }
    const opened = decodeEntry(definition, entry.id, entry.fields);
    const decoded: DecodedEntry | PoisonError = opened instanceof Promise ? await opened : opened;
    if (!(decoded instanceof PoisonError)) return new Message(decoded, entry, this);
    void this.#giveUp(entry, { reason: decoded.reason, ...described(decoded), failed: false }, decoded);
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

/** What of an error goes into a dead letter: its class and its message, shortened. No stack, no cause. */
function described(error: unknown): Pick<Death, 'errorClass' | 'errorMessage'> {
  if (error === undefined) return { errorClass: '', errorMessage: '' };
  return {
    errorClass: error instanceof Error ? error.name : typeof error,
    errorMessage: textOf(error).slice(0, longestErrorText),
  };
}

function textOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  return typeof error === 'string' ? error : '';
}
