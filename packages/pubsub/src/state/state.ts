import type { CallOptions } from '@penknife/core';
import type { Gap } from '../event.js';
import type { Position } from '../position.js';
import type { ParametersOf } from '../template/template-types.js';
import type { StateDefinition } from './state-definition.js';

/** A value with the version that it was set under. Versions of one key never come again. */
export interface StateEntry<V> {
  readonly value: V;
  /** The place of the change in the order of the whole state; what `expect` takes. */
  readonly version: Position;
}

/** One change, in the order of the server. */
export type StateChange<V> = {
  readonly key: string;
  readonly version: Position;
  /** What stood there before, as far as this view had it. */
  readonly previous: StateEntry<V> | undefined;
  /** Which `createPubSub` made it. */
  readonly origin: string;
  readonly own: boolean;
} & ({ readonly kind: 'set'; readonly value: V } | { readonly kind: 'remove' });

/** What a change came to. `conflict`: the key stands at another version, which is given. `full`: the limit of keys is reached. `absent`: there was nothing to remove. */
export type StateResult =
  | { readonly changed: true; readonly version: Position | undefined }
  | {
      readonly changed: false;
      readonly reason: 'conflict' | 'full' | 'absent';
      readonly version: Position | undefined;
    };

/** How a key is changed. */
export interface ChangeOptions extends CallOptions {
  /** Only when the key stands at this version, or is absent. Default: whatever it is. */
  readonly expect?: Position | 'absent';
}

/** Hears of a state. Replace what you show on `snapshot`, apply `change`s to it. One call at a time; what it throws is reported and harms nobody. */
export interface StateListener<V> {
  /** All of it: at the beginning, and again after a gap that the history could not close, which is given then. */
  snapshot(entries: ReadonlyMap<string, StateEntry<V>>, why: Gap | undefined): void | Promise<void>;
  change(change: StateChange<V>): void | Promise<void>;
  /** The view ended by itself. */
  ended?(error: unknown): void;
}

/** How a state is watched. */
export interface WatchOptions extends CallOptions {
  /** How many changes may wait for the listener; when more do, it gets a snapshot instead. Default 1000. */
  readonly queueLimit?: number;
}

/** A state as one listener has been told of it. */
export interface StateView<V> {
  /** Live: what it holds is the state at `position`. */
  readonly entries: ReadonlyMap<string, StateEntry<V>>;
  readonly position: Position | undefined;
  readonly closed: boolean;
  /** Ends it: no call of the listener follows. Repeatable. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** The states of one definition: one map for each set of parameters. */
export interface State<T extends string, In, Out> {
  readonly definition: StateDefinition<T, In, Out>;
  /** Sets a key. One script: the comparison, the entry, the history and the publish. Never sent twice. */
  set(params: ParametersOf<T>, key: string, value: In, options?: ChangeOptions): Promise<StateResult>;
  /** Removes a key. */
  remove(params: ParametersOf<T>, key: string, options?: ChangeOptions): Promise<StateResult>;
  /** One entry as it is now. */
  get(params: ParametersOf<T>, key: string): Promise<StateEntry<Out> | undefined>;
  /** All entries at one moment. */
  read(params: ParametersOf<T>): Promise<ReadonlyMap<string, StateEntry<Out>>>;
  /**
   * Watches it. Resolves after the first `snapshot`; from then on every change arrives once and in order, or a new snapshot
   * stands in for those that were missed.
   */
  watch(
    params: ParametersOf<T>,
    listener: StateListener<Out>,
    options?: WatchOptions,
  ): Promise<StateView<Out>>;
}
