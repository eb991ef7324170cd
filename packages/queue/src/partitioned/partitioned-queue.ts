import type { QueueOptions } from '../options.js';
import type { Queue } from '../queue.js';

/** How a queue of several partitions is made. Every process that uses it must say the same of its partitions. */
export interface PartitionedQueueOptions<T> extends Omit<QueueOptions<T>, 'rate'> {
  /** How many, 1 to 256; each has a slot of its own. Cannot be changed later. */
  readonly partitions: number;
  /**
   * What decides where a job goes. `'id'` (default): its id, so that an id is in the queue once. `'group'`: its group, so that
   * `groupConcurrency` counts, or its id where it has none; an id is in the queue once for each partition.
   */
  readonly partitionBy?: 'id' | 'group';
}

/**
 * A queue in several slots of a cluster, hence on all of its servers, with the words of a queue of one. What is about one job is
 * as there. What is about all of them is done in each partition, not at one instant: order, priorities and head starts count
 * within a partition; `addMany`, `pause`, `drain` and the like may have reached some of them when they reject, and are to be
 * repeated. Where partitions go by group, whatever names a job by its id asks all of them.
 */
export interface PartitionedQueue<T, R = unknown> extends Queue<T, R> {
  readonly partitions: number;
  /** Where a job of this id and group is. */
  partitionOf(id: string, group?: string): number;
  /** One partition as a queue of its own: to look at it, to pause it, or to work for it alone. */
  partition(index: number): Omit<Queue<T, R>, 'add' | 'addMany'>;
}
