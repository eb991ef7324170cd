import { checkObject, defaultNamespace, InvalidArgumentError } from '@penknife/core';
import { queueKeys } from '../keys.js';
import { mostKept, type ResolvedQueue, resolveQueue, wholeNumber } from '../options.js';
import type { PartitionedQueueOptions } from './partitioned-queue.js';

/** The partitions of a queue, with everything decided. */
export interface ResolvedPartitions<T> {
  readonly by: 'id' | 'group';
  /** The key that says how many there are and what they go by. */
  readonly shapeKey: string;
  readonly shape: string;
  readonly parts: readonly ResolvedQueue<T>[];
}

/** Resolves the options once; throws `InvalidArgumentError`. What is bounded by count is shared out evenly. */
export function resolvePartitions<T>(
  name: string,
  options: PartitionedQueueOptions<T>,
): ResolvedPartitions<T> {
  checkObject('options', options);
  const { partitions, partitionBy = 'id', deadLetters, results, ...others } = options;
  const count = wholeNumber('partitions', partitions, 1, 256);
  if (partitionBy !== 'id' && partitionBy !== 'group')
    throw new InvalidArgumentError('partitionBy', "must be 'id' or 'group'", partitionBy);
  if ((options as { rate?: unknown }).rate !== undefined)
    throw new InvalidArgumentError(
      'rate',
      'must not be given: partitions know nothing of each other',
      'a rate',
    );
  if (partitionBy === 'id' && others.groupConcurrency !== undefined)
    throw new InvalidArgumentError(
      'groupConcurrency',
      "must go with partitionBy 'group': only a partition can count a group",
      others.groupConcurrency,
    );
  // Refused by their own names and rules, before they are shared out.
  const whole = resolveQueue(name, { ...options });
  const share = (most: number): number => Math.ceil(most / count);
  const each = {
    ...others,
    deadLetters: share(deadLetters ?? mostKept),
    ...(results !== undefined && { results: { ...results, most: share(results.most ?? mostKept) } }),
  };
  return {
    by: partitionBy,
    shapeKey: queueKeys.in(options.namespace ?? defaultNamespace).shape(name),
    shape: `${count} by ${partitionBy}`,
    parts: Array.from({ length: count }, (_, i) => resolveQueue(whole.name, each, i)),
  };
}
