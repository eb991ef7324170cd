import {
  type CallOptions,
  checkCall,
  checkObject,
  defaultNamespace,
  InvalidArgumentError,
} from '@penknife/core';
import type { Telemetry } from './telemetry.js';

/** How streams are opened. */
export interface StreamsOptions {
  /** First part of every key. Default `'pk'`. */
  readonly namespace?: string;
  /** How long one append or look may take, in ms. Default: the driver's. Consumers have their own patience. */
  readonly deadlineMs?: number;
  /** Spans and the trace that travels with messages: `openTelemetry()` of `@penknife/streams/otel`. Default: none. */
  readonly telemetry?: Telemetry;
  /**
   * Where the server has `XADD IDMP` (Redis 8.6.2): send an `append` of a message without an id again when its reply was lost; it is
   * stored once, within the bounds the README names. Elsewhere, and by default, such an append ends with `sent: 'maybe'`.
   * Default false: it costs the server a third of what it can append.
   */
  readonly repeatAppends?: boolean;
}

/** Options with everything decided. */
export interface ResolvedStreamsOptions {
  readonly namespace: string;
  readonly telemetry: Telemetry | undefined;
  readonly repeatAppends: boolean;
  /** The call's options with the default deadline put in. */
  call(options: CallOptions | undefined): CallOptions | undefined;
}

/** Resolves the options once; throws `InvalidArgumentError`. */
export function resolveStreamsOptions(options: StreamsOptions): ResolvedStreamsOptions {
  checkObject('options', options);
  const { namespace = defaultNamespace, deadlineMs, telemetry, repeatAppends = false } = options;
  if (telemetry !== undefined && typeof telemetry?.run !== 'function') {
    throw new InvalidArgumentError('telemetry', 'must have a run function', telemetry);
  }
  if (typeof repeatAppends !== 'boolean') {
    throw new InvalidArgumentError('repeatAppends', 'must be true or false', repeatAppends);
  }
  if (deadlineMs !== undefined && (!Number.isFinite(deadlineMs) || deadlineMs <= 0)) {
    throw new InvalidArgumentError('deadlineMs', 'must be a finite number above 0', deadlineMs);
  }
  return {
    namespace,
    telemetry,
    repeatAppends,
    call: (given) => {
      checkCall(given);
      if (deadlineMs === undefined) return given;
      const { signal, deadlineMs: own = deadlineMs } = given ?? {};
      return { deadlineMs: own, ...(signal && { signal }) };
    },
  };
}
