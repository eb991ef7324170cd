/// <reference lib="esnext.disposable" preserve="true" />
export type { Channel, ChannelStats } from './channel.js';
export { type CoalescedPublisher, type CoalesceOptions, createCoalescedPublisher } from './coalesce.js';
export type { Counters } from './counters.js';
export {
  type ChannelDefinition,
  type ChannelOptions,
  type Delivery,
  defineChannel,
  type History,
  type InputOf,
  type OutputOf,
  type ResolvedHistory,
} from './definition.js';
export { SlowListenerError } from './errors.js';
export type { ChannelEvent, ChannelMessage, Gap, GapReason, Unrecovered } from './event.js';
export type { Since } from './hub/hub.js';
export type { HubView } from './hub/hub-registry.js';
export type { Health } from './hub/liveness.js';
export {
  createInsight,
  type Insight,
  type InsightOptions,
  type Survey,
  type SurveyedChannel,
  type SurveyedNode,
  type SurveyOptions,
} from './insight/insight.js';
export { createInvalidationBus, type InvalidationBusOptions } from './invalidation-bus.js';
export { type ChannelKinds, pubSubKeys } from './keys.js';
export type { EventIterator } from './listener/event-iterator.js';
export type { Listener, MessageListener } from './listener/listener.js';
export type { ListenerOverflow } from './listener/waiting-line.js';
export type { PublishOptions, PubSubOptions, RecoveryOptions, SubscribeOptions } from './options.js';
export type { Position } from './position.js';
export { createPresence, type Membership, type Presence } from './presence/presence.js';
export type { PresenceOptions } from './presence/presence-options.js';
export type { Present, RosterListener, RosterView } from './presence/roster.js';
export { createPubSub, type PubSub } from './pub-sub.js';
export type { FireReceipt, LatestReceipt, LogReceipt, Receipt } from './receipt.js';
export type { Answer, Answers } from './requests/pending-answers.js';
export {
  defineRequest,
  type MessageShape,
  type RequestDefinition,
  type RequestOptions,
} from './requests/request-definition.js';
export { type AskOptions, createRequests, type Requests } from './requests/requests.js';
export type { Responder, RespondOptions } from './requests/responder.js';
export type {
  ChangeOptions,
  State,
  StateChange,
  StateEntry,
  StateListener,
  StateResult,
  StateView,
  WatchOptions,
} from './state/state.js';
export { defineState, type StateDefinition, type StateOptions } from './state/state-definition.js';
export type { Subscription } from './subscription.js';
export type { AnyParameters, Segment, Template } from './template/template.js';
export type { ParameterNames, ParametersOf } from './template/template-types.js';
