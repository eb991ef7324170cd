import type { Driver } from '@penknife/core';
import type { Owner } from '../commands/delivery.js';
import type { StreamDefinition } from '../definition.js';
import type { KeysOfGroup } from '../keys.js';
import type { Telemetry } from '../telemetry.js';
import { tell } from '../tell.js';
import type { Ladder } from './capabilities.js';
import type { ResolvedConsumerOptions } from './consumer-options.js';
import type { ConsumerEvent } from './events.js';
import type { Tenure } from './tenure.js';

/** What the parts of one consumer share. */
export interface ConsumerParts {
  readonly driver: Driver;
  readonly definition: StreamDefinition<never, unknown>;
  readonly keys: KeysOfGroup;
  readonly owner: Owner;
  readonly options: ResolvedConsumerOptions;
  /** Where it works on one partition: the right to. */
  readonly tenure: Tenure | undefined;
  /** The lane of priority it works on. */
  readonly lane: string | undefined;
  readonly ladder: Ladder;
  readonly telemetry: Telemetry | undefined;
  /** Tells the listener; what it throws goes no further. */
  emit(event: ConsumerEvent): void;
}

/** An `emit` that keeps a listener's failure to itself. */
export function emitterOf(listener: (event: ConsumerEvent) => unknown): ConsumerParts['emit'] {
  return (event) => tell(listener, event);
}
