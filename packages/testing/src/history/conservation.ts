/** Something that is never made and never lost: how much an account was to change, and what was counted in the end. */
export type AmountEvent =
  | {
      readonly type: 'changed';
      /** `maybe`: the caller was not told whether it happened. What certainly did not is not noted. */
      readonly outcome: 'done' | 'maybe';
      /** One act, which happens as a whole or not at all; a transfer is two changes of one. */
      readonly act: string;
      readonly account: string;
      /** An integer; negative where it was taken. */
      readonly amount: number;
    }
  | { readonly type: 'counted'; readonly account: string; readonly amount: number };

/** Above so many different sums only their bounds are looked at. */
const mostSums = 100_000;

/**
 * Conservation: accounts whose counted amount no outcome of the uncertain acts explains, and the sum of all accounts
 * likewise, where half of a transfer shows. Empty when nothing is wrong.
 */
export function imbalances(events: readonly object[]): string[] {
  const amounts = (events as readonly AmountEvent[]).filter(
    ({ type }) => type === 'changed' || type === 'counted',
  );
  const counted = new Map<string, number>();
  for (const event of amounts) if (event.type === 'counted') counted.set(event.account, event.amount);
  const changed = amounts.filter((event) => event.type === 'changed');
  const uncounted = new Set(changed.map(({ account }) => account).filter((account) => !counted.has(account)));
  const ofAccounts = [...counted].flatMap(([account, amount]) =>
    unexplained(
      account,
      amount,
      changed.filter((event) => event.account === account),
    ),
  );
  if (uncounted.size > 0) return [...ofAccounts, `never counted: ${[...uncounted].join(', ')}`];
  const total = [...counted.values()].reduce((sum, amount) => sum + amount, 0);
  return [...ofAccounts, ...unexplained('all together', total, changed)];
}

type Changed = Extract<AmountEvent, { type: 'changed' }>;

function unexplained(what: string, counted: number, changes: readonly Changed[]): string[] {
  const certain = sumOf(changes.filter(({ outcome }) => outcome === 'done'));
  const maybe = [...uncertainActs(changes).values()].map(sumOf).filter((amount) => amount !== 0);
  return isSum(counted - certain, maybe)
    ? []
    : [
        `${what}: counted ${counted}, where ${certain} is certain and ${maybe.length} uncertain acts do not explain the rest`,
      ];
}

/** The uncertain changes by their act. */
function uncertainActs(changes: readonly Changed[]): Map<string, Changed[]> {
  const acts = new Map<string, Changed[]>();
  for (const change of changes) {
    if (change.outcome === 'maybe') acts.set(change.act, [...(acts.get(change.act) ?? []), change]);
  }
  return acts;
}

function sumOf(changes: readonly Changed[]): number {
  return changes.reduce((sum, { amount }) => sum + amount, 0);
}

/** Whether some of the parts add up to the whole. */
function isSum(whole: number, parts: readonly number[]): boolean {
  let sums = new Set([0]);
  for (const part of parts) {
    sums = new Set([...sums].flatMap((sum) => [sum, sum + part]));
    if (sums.size > mostSums) {
      const below = parts.reduce((sum, each) => sum + Math.min(0, each), 0);
      const above = parts.reduce((sum, each) => sum + Math.max(0, each), 0);
      return whole >= below && whole <= above;
    }
  }
  return sums.has(whole);
}
