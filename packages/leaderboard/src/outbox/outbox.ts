import { InvalidArgumentError, reportListenerError } from '@penknife/core';
import type { BoardHome } from '../board-home.js';
import { eventsOf, handOver, type Patience, patienceOf } from '../events.js';
import type { Column } from '../order/column.js';
import { tagOf } from '../rounds.js';
import { readOutcomes } from '../submit/outcomes.js';
import { createSender } from '../submit/send-submit.js';
import type { SubmitTarget } from '../submit/submit-args.js';
import { leaveOutbox, lookIntoOutbox, outboxLength, takeOut } from './commands.js';
import { fits, type OutboxEntry, readEntry } from './entry.js';

/** A submit that a board did not take. */
export interface RefusedSubmit {
  /** The id of its entry. */
  readonly id: string;
  readonly member: string;
  readonly board: string;
  /** The value of what the board is split by. */
  readonly part: string | undefined;
  /** `bounds`: a sum would have left its column. `closed`: its period took no more scores. `order`: it was submitted under another order. */
  readonly reason: 'bounds' | 'closed' | 'order';
}

/** What one look into the outbox did. */
export type Relayed =
  /** Somebody else hands over, for as long at least. */
  | { readonly kind: 'elsewhere'; readonly leftMs: number }
  | {
      readonly kind: 'relayed';
      /** Submits that every board of theirs has got by now. */
      readonly done: number;
      /** Submits still in the outbox, as far as is known. */
      readonly left: number;
      readonly refused: readonly RefusedSubmit[];
      /** Why boards could not be given their submits, or what was done could not be taken out: those stay, and are handed over in their order later. */
      readonly failures: readonly unknown[];
    };

/** Who hands over, and how much at once. */
export interface RelayTurn {
  /** Names this process; no other has the same. */
  readonly holder: string;
  readonly leaseMs: number;
  /** At most so many submits. */
  readonly most: number;
  /**
   * Hears of each submit that a board does not take, before that board is given the next one: so each is told at least once,
   * whoever dies when. What is only read from the end of a look can be lost with the process. What it throws is reported; it is
   * not waited for.
   */
  readonly onRefused?: ((refused: RefusedSubmit) => void | Promise<void>) | undefined;
}

/**
 * Submits on their way to boards that live apart: written by the submit itself, in the same act as its scores. Each board takes
 * them in order and each once, because it knows the last one it took; so two relays at once, or one that died in the middle,
 * lose nothing and double nothing.
 */
export interface Outbox {
  /** Submits that are still to be handed over. */
  length(): Promise<number>;
  /** Hands some over, the oldest first. */
  relay(turn: RelayTurn): Promise<Relayed>;
  /** Gives the lease up. */
  leave(holder: string): Promise<void>;
}

/** The outbox of a leaderboard. */
export function createOutbox<M>(home: BoardHome<M>): Outbox {
  const { home: place, name, events, columns } = home.options;
  const key = place.keys.outbox(place.tag);
  const lease = place.keys.lease(place.tag);
  const send = createSender(home);
  /** What the last look told: a submit that another board holds up is refused anew in each. */
  let toldLast: ReadonlySet<string> = new Set();

  /** Gives one board its submit; what it did not take, or undefined. */
  async function handOn(
    { id, request }: OutboxEntry,
    target: SubmitTarget,
    patience: Patience,
  ): Promise<RefusedSubmit | undefined> {
    const { board, part } = target;
    const refused = (reason: RefusedSubmit['reason']): RefusedSubmit => ({
      id,
      member: request.member,
      board: board.name,
      part,
      reason,
    });
    // It would be refused before it is sent, each time, and hold up whatever comes behind it.
    if (!fits(target, columns, request.values)) return refused('order');
    const answer = await send({ ...request, targets: [target] }, [target], { entry: id }, undefined);
    if (answer.kind === 'bounds') return refused('bounds');
    if (answer.repeated)
      return answer.text === '' ? undefined : refused(answer.text as RefusedSubmit['reason']);
    const [outcome] = readOutcomes<readonly Column[]>(answer.text, [target]) ?? [];
    if (outcome === undefined || outcome.status === 'closed') return refused('closed');
    if (events !== undefined) {
      const happened = eventsOf(name, target, request.member, id, outcome, events.top);
      await handOver(events, happened, home.clock, patience);
    }
    return undefined;
  }

  return {
    length: () => home.sender.send(outboxLength(key), home.call(undefined)),
    async relay({ holder, leaseMs, most, onRefused }) {
      const found = await home.sender.send(
        lookIntoOutbox([lease, key], [holder, leaseMs, most]),
        home.call(undefined),
      );
      if (found.elsewhereMs > 0) return { kind: 'elsewhere', leftMs: found.elsewhereMs };
      // One for the whole look: each of its submits with its own would hold the lease up for as many times as long.
      const patience = patienceOf(home.clock, home.call(undefined));
      const refused: RefusedSubmit[] = [];
      const [toldBefore, told] = [toldLast, new Set<string>()];
      toldLast = told;
      const refuse = (each: RefusedSubmit): void => {
        const which = JSON.stringify([each.id, each.board, each.part]);
        told.add(which);
        if (toldBefore.has(which)) return;
        refused.push(each);
        tell(onRefused, each);
      };
      const failures: unknown[] = [];
      const waiting = new Set<string>();
      const slots = new Map<string, (readonly [entry: OutboxEntry, target: SubmitTarget])[]>();
      for (const { id, text, atMs } of found.entries) {
        const entry = readEntry(home.options, id, text, atMs);
        if (!('request' in entry)) {
          refuse({ id, member: entry.member, board: '', part: undefined, reason: 'order' });
          continue;
        }
        for (const board of entry.unknown) {
          waiting.add(id);
          failures.push(
            new InvalidArgumentError('boards', 'must have this board, apart: its submits wait', board),
          );
        }
        for (const target of entry.request.targets) {
          const slot = String(tagOf(place, target));
          const line = slots.get(slot) ?? [];
          slots.set(slot, line);
          line.push([entry, target]);
        }
      }
      // A board takes its submits in their order, or it would take one for one it has had.
      const handOnLine = async (line: (readonly [OutboxEntry, SubmitTarget])[]): Promise<void> => {
        for (const [i, [entry, target]] of line.entries()) {
          try {
            const outcome = await handOn(entry, target, patience);
            if (outcome !== undefined) refuse(outcome);
          } catch (error) {
            failures.push(error);
            for (const [{ id }] of line.slice(i)) waiting.add(id);
            return;
          }
        }
      };
      await Promise.all([...slots.values()].map(handOnLine));
      const done = found.entries.map(({ id }) => id).filter((id) => !waiting.has(id));
      let left = found.length;
      try {
        if (done.length > 0) await home.sender.send(takeOut(key, done), home.call(undefined));
        left -= done.length;
      } catch (error) {
        failures.push(error);
      }
      return { kind: 'relayed', done: done.length, left, refused, failures };
    },
    async leave(holder) {
      await home.sender.send(leaveOutbox([lease], [holder]), home.call(undefined));
    },
  };
}

/** One that cannot be told, or never ends, must keep neither the others from being told nor the look from going on. */
function tell(onRefused: RelayTurn['onRefused'], refused: RefusedSubmit): void {
  try {
    void Promise.resolve(onRefused?.(refused)).catch(reportListenerError);
  } catch (error) {
    reportListenerError(error);
  }
}
