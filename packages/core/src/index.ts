/// <reference lib="esnext.disposable" preserve="true" />
export { BoundedQueue, type Overflow } from './bounded-queue.js';
export { checkCall, checkObject } from './checks/check-call.js';
export { checkDriver } from './checks/check-driver.js';
export { checkCodec, checkSchema } from './checks/check-format.js';
export { checkName } from './checks/check-name.js';
export { checkText } from './checks/check-text.js';
export { bytesCodec } from './codec/bytes-codec.js';
export type { Codec } from './codec/codec.js';
export { CodecError } from './codec/codec-error.js';
export { seal, type Unsealed, unseal } from './codec/envelope.js';
export { jsonCodec } from './codec/json-codec.js';
export {
  SchemaError,
  type SchemaIssue,
  type SchemaResult,
  type StandardSchema,
  validate,
} from './codec/standard-schema.js';
export type { Clock, Timer } from './contract/clock.js';
export type { Arg, Command, Reply, ResultOf } from './contract/command.js';
export type { DurableLog, EventSink, InvalidationBus } from './contract/composition.js';
export type { Driver } from './contract/driver.js';
export type { Feed, FeedKind, FeedSink } from './contract/feed.js';
export type { Lane } from './contract/lane.js';
export type { RandomSource } from './contract/random.js';
export type { CallOptions, Outcome, Sender, Settled } from './contract/sender.js';
export type { Capability, Topology, Traits } from './contract/traits.js';
export { AbortedError } from './errors/aborted-error.js';
export { isUnavailable, sentOf } from './errors/availability.js';
export { ClosedError } from './errors/closed-error.js';
export { ConnectionError, type Sent } from './errors/connection-error.js';
export { DeadlineError } from './errors/deadline-error.js';
export { InvalidArgumentError } from './errors/invalid-argument-error.js';
export { isPenknifeError, PenknifeError, type PenknifeErrorOptions } from './errors/penknife-error.js';
export { ReplyShapeError } from './errors/reply-shape-error.js';
export { isServerError, ServerError } from './errors/server-error.js';
export { UnsupportedError } from './errors/unsupported-error.js';
export { reportListenerError } from './feed/listener-errors.js';
export type { FeedListener } from './feed/listener-queue.js';
export {
  type FeedSubscription,
  type ListenOptions,
  type SharedFeed,
  sharedFeed,
} from './feed/shared-feed.js';
export {
  type DurableKey,
  defaultNamespace,
  defineKeys,
  type EphemeralKey,
  type KeyBuilders,
  type KeyDeclaration,
  type KeyKind,
  type Keys,
} from './keys/define-keys.js';
export { keyPart } from './keys/key-part.js';
export { slotOf } from './keys/slot.js';
export { createLanePool, type LanePool } from './lanes/lane-pool.js';
export { type OptimisticPlan, type OptimisticResult, optimistic } from './lanes/optimistic.js';
export {
  arrayReply,
  bigintReply,
  doubleReply,
  integerReply,
  nullableBytesReply,
  nullableStringReply,
  okReply,
  pairsReply,
  type Reader,
  rawReply,
  refuse,
  stringReply,
} from './reply/readers.js';
export {
  defineScript,
  type ScriptCall,
  type ScriptDefinition,
  type ScriptKey,
} from './script/define-script.js';
export { fragments } from './script/fragments.js';
export type { Script } from './script/script.js';
export { type Closable, shutdown } from './shutdown.js';
export { type BackoffOptions, backoffMs } from './time/backoff.js';
export { callWithin } from './time/call-within.js';
export { cryptoRandom } from './time/crypto-random.js';
export { type Duration, durationMs } from './time/duration.js';
export { createManualClock, type ManualClock } from './time/manual-clock.js';
export { oneDeadline } from './time/one-deadline.js';
export { seededRandom } from './time/seeded-random.js';
export { sleepOn, systemClock } from './time/system-clock.js';
export { waitWithin } from './time/wait-within.js';
export { defineTrace, type Trace, type TraceContext } from './trace.js';
export { checkServer, type ServerNeeds, type ServerWarning } from './traits/check-server.js';
