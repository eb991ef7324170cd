import { InvalidArgumentError } from '@penknife/core';

/**
 * How equals share a rank. Of four members of whom the middle two are equal: `ordinal` 1 2 3 4 (the order within equals is
 * the time columns, then the bytes of the name), `competition` 1 2 2 4, `modified` 1 3 3 4, `dense` 1 2 2 3.
 */
export type TiePolicy = 'ordinal' | 'competition' | 'modified' | 'dense';

/** What one look at the board tells about a window of it, enough to rank its rows under a policy. */
export interface WindowFacts {
  /** Members before the window. */
  readonly start: number;
  /** Members better than the equals of the first row. */
  readonly ahead: number;
  /** Members up to and with the equals of the last row. */
  readonly upTo: number;
  /** Distinct results before the first row's. */
  readonly groupsAhead: number;
}

/** Checks a policy; `dense` only where the board keeps what it needs. */
export function checkPolicy(policy: TiePolicy, dense: boolean, board: string): TiePolicy {
  if (!['ordinal', 'competition', 'modified', 'dense'].includes(policy)) {
    throw new InvalidArgumentError('ties', "must be 'ordinal', 'competition', 'modified' or 'dense'", policy);
  }
  if (policy === 'dense' && !dense) {
    throw new InvalidArgumentError(
      'ties',
      `must not be 'dense' unless board '${board}' has dense: true`,
      policy,
    );
  }
  return policy;
}

/** The ranks of a window's rows, in order. `groups` names each row's result: equal results are neighbours. */
export function ranksOf(
  groups: readonly (number | string)[],
  facts: WindowFacts,
  policy: TiePolicy,
): readonly number[] {
  const ranks: number[] = new Array(groups.length);
  if (policy === 'modified') {
    let rank = facts.upTo;
    for (let i = groups.length - 1; i >= 0; i--) {
      if (i < groups.length - 1 && groups[i] !== groups[i + 1]) rank = facts.start + i + 1;
      ranks[i] = rank;
    }
    return ranks;
  }
  let rank = policy === 'dense' ? facts.groupsAhead + 1 : facts.ahead + 1;
  for (let i = 0; i < groups.length; i++) {
    const ordinal = facts.start + i + 1;
    if (policy === 'ordinal') rank = ordinal;
    else if (i > 0 && groups[i] !== groups[i - 1]) rank = policy === 'dense' ? rank + 1 : ordinal;
    ranks[i] = rank;
  }
  return ranks;
}
