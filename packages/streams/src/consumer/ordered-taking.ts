import { type TakenInOrder, takeInOrder } from '../commands/take-in-order.js';
import { compareIds } from '../entry/position.js';
import type { TakesNext, TakingSetup } from './plain-taking.js';

/** In the order of the log, everything by one script: it stops where another member is at work, and this one stands by. */
export class OrderedTaking implements TakesNext {
  readonly #given: TakingSetup;
  #standingBy = false;

  constructor(given: TakingSetup) {
    this.#given = given;
  }

  async next(): Promise<void> {
    const { keys, owner, options, emit, driver, tenure } = this.#given.parts;
    const { sweep } = this.#given.wants;
    Object.assign(this.#given.wants, { own: false, due: false, sweep: false, fresh: false });
    const { taking } = this.#given;
    const { held, unstarted } = taking;
    const { entries, more, blockedMs, removed, tenureOver } = await taking.claimed(async (sender) => {
      const letGo = new Map(unstarted.letGo);
      const how = {
        limit: taking.claimable,
        leaseMs: options.leaseMs,
        idleMs: sweep ? options.consumerIdleMs : ('' as const),
        held,
        letGo,
        newest: unstarted.newest,
      };
      const taken = await sender.send(takeInOrder(keys, owner, how, tenure));
      unstarted.forget(lookedAt(letGo.keys(), taken));
      return taken;
    });
    if (tenureOver) {
      tenure?.ended();
      return;
    }
    if (removed.length > 0) emit({ type: 'consumers-removed', names: removed });
    const standingBy = blockedMs !== null && taking.holdsNothing;
    if (standingBy && !this.#standingBy) emit({ type: 'standing-by' });
    this.#standingBy = standingBy;
    if (more) this.#given.wants.fresh = true;
    else this.#given.drained(entries.length > 0);
    const jitterMs = driver.random.fraction() * Math.min(500, options.leaseMs / 10);
    this.#given.times.sweepIn((blockedMs ?? options.leaseMs) + 1 + jitterMs);
  }
}

/** Which of these the script has come to, on its way along what is pending: what of them was ours still, it has taken. */
function lookedAt(ids: Iterable<string>, { entries, more, blockedMs, tenureOver }: TakenInOrder): string[] {
  if (!more && blockedMs === null && !tenureOver) return [...ids];
  // Not always the last of them: after what is pending the script reads on from where the group stands.
  const [first, ...others] = entries;
  if (first === undefined) return [];
  const highest = others.reduce((high, { id }) => (compareIds(id, high) > 0 ? id : high), first.id);
  return [...ids].filter((id) => compareIds(id, highest) <= 0);
}
