/// <reference lib="esnext.disposable" preserve="true" />
export type { AppendOptions } from './appending/durability.js';
export type { Appended } from './commands/append.js';
export type { SettleStatus } from './commands/delivery.js';
export type { Effect, OnceStatus } from './commands/once.js';
export type { MissedByGroup } from './commands/trim.js';
export type { ConsumerCapabilities } from './consumer/capabilities.js';
export type { CloseReport, Consumer, ConsumerHealth } from './consumer/consumer-handle.js';
export type { ConsumerOptions, RetryOptions } from './consumer/consumer-options.js';
export type { ConsumerEvent } from './consumer/events.js';
export type { MessageControls, ReceivedMessage } from './consumer/received-message.js';
export type { DeadLetter, DeadLetters, LetterChoice } from './dead-letters.js';
export {
  defineStream,
  type EventContent,
  type EventDraft,
  type EventSchemas,
  type InputOf,
  type LanedDefinition,
  type OutputOf,
  type PartitionedDefinition,
  type ResolvedRetention,
  type Retention,
  type StreamDefinition,
  type StreamOptions,
} from './definition.js';
export type { LetterError } from './entry/dead-letter-fields.js';
export type { MessageFacts, StreamMessage } from './entry/decode-entry.js';
export type { DraftOptions, Headers } from './entry/encode-draft.js';
export { compareIds, type Position, timeOfId } from './entry/position.js';
export type { Upcaster, Upcasters } from './entry/upcast.js';
export {
  HandedOverError,
  LeaseLostError,
  NotDurableError,
  PartlyAppendedError,
  PoisonError,
  type PoisonReason,
} from './errors.js';
export { type GroupStats, timeToDrainMs } from './group-stats.js';
export { type StreamKinds, streamKeys } from './keys.js';
export type { LanedStream } from './lanes/laned-stream.js';
export type { StreamsOptions } from './options.js';
export type { PartitionedConsumer } from './partitions/partitioned-consumer.js';
export type { AppendedToPartition, PartitionedStream } from './partitions/partitioned-stream.js';
export type { RangeOptions, TailOptions } from './reading/read-options.js';
export type { ScheduleOptions } from './scheduling/schedule-options.js';
export type { Scheduler, SchedulerOptions } from './scheduling/scheduler.js';
export type { BatchConsumerOptions, Draft, Scheduled, Stream } from './stream.js';
export { createStreams, type Streams } from './streams.js';
export type { Operation, Telemetry, TraceParent } from './telemetry.js';
export type { TrimReport } from './trimming/trim.js';
export type { TrimOptions } from './trimming/trim-options.js';
export type { Trimmer, TrimmerOptions } from './trimming/trimmer.js';
