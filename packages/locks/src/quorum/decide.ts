/** What one node said: it agreed, it did not, or nothing was heard of it. */
export interface Vote<T> {
  readonly node: number;
  readonly vote: 'yes' | 'no' | 'silent';
  /** What it answered. */
  readonly value?: T;
  readonly error?: unknown;
}

/** How a vote went. */
export interface Decision<T> {
  readonly reached: boolean;
  /** Those that had voted when it was decided, in the order of their answers. */
  readonly votes: readonly Vote<T>[];
  /** Resolves to all votes. */
  readonly all: Promise<readonly Vote<T>[]>;
}

/** How many of so many are a majority. Counted on the nodes that are configured, whichever of them can be reached. */
export function majorityOf(nodes: number): number {
  return Math.floor(nodes / 2) + 1;
}

/**
 * Resolves as soon as a majority agrees, or can no longer agree; it does not wait for the slowest. The promises must not
 * reject.
 */
export function decide<T>(ballots: readonly Promise<Vote<T>>[]): Promise<Decision<T>> {
  const majority = majorityOf(ballots.length);
  const all = Promise.all(ballots);
  const votes: Vote<T>[] = [];
  return new Promise((resolve) => {
    for (const ballot of ballots) {
      void ballot.then((vote) => {
        votes.push(vote);
        const agreed = votes.filter(({ vote: said }) => said === 'yes').length;
        if (agreed >= majority) resolve({ reached: true, votes: [...votes], all });
        else if (votes.length - agreed > ballots.length - majority)
          resolve({ reached: false, votes: [...votes], all });
      });
    }
  });
}
