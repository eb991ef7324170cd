import { type CallOptions, defaultNamespace, InvalidArgumentError } from '@penknife/core';

/** How streams are opened. */
export interface StreamsOptions {
  /** First part of every key. Default `'pk'`. */
  readonly namespace?: string;
  /** How long one append or look may take, in ms. Default: the driver's. Consumers have their own patience. */
  readonly deadlineMs?: number;
}

/** Options with everything decided. */
export interface ResolvedStreamsOptions {
  readonly namespace: string;
  /** The call's options with the default deadline put in. */
  call(options: CallOptions | undefined): CallOptions | undefined;
}

/** Resolves the options once; throws `InvalidArgumentError`. */
export function resolveStreamsOptions(options: StreamsOptions): ResolvedStreamsOptions {
  const { namespace = defaultNamespace, deadlineMs } = options;
  if (deadlineMs !== undefined && (!Number.isFinite(deadlineMs) || deadlineMs <= 0)) {
    throw new InvalidArgumentError('deadlineMs', 'must be a finite number above 0', deadlineMs);
  }
  return {
    namespace,
    call: (given) => {
      if (deadlineMs === undefined) return given;
      const { signal, deadlineMs: own = deadlineMs } = given ?? {};
      return { deadlineMs: own, ...(signal && { signal }) };
    },
  };
}
