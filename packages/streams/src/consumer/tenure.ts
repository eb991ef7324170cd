/**
 * The right of one member of a group to work on one partition: a lease, in a generation above every one before. The server
 * checks it with every take; its holder stops by its own clock before the server gives the partition to another.
 */
export interface Tenure {
  readonly partition: number;
  readonly member: string;
  /** Rises with every tenure of the partition: a fence for effects elsewhere. */
  readonly generation: number;
  /** The monotonic time until which it lasts for sure. */
  readonly leaseUntilMs: number;
  /** The server says that it is over. */
  ended(): void;
}
