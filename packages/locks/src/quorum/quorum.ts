import { type Clock, ClosedError, type Driver, isUnavailable } from '@penknife/core';
import type { LossReason } from '../errors.js';
import { lockKeys } from '../keys.js';
import type { HeldLock, LockKeeper } from '../lease/held-lock.js';
import { HeldLocks } from '../lease/held-locks.js';
import type { ExtendOutcome, ReleaseOutcome } from '../lease/lock.js';
import { notBeyond } from '../lease/not-beyond.js';
import { createTokens, type Tokens } from '../lease/tokens.js';
import { traceRelease } from '../lease/traces.js';
import { UnderWay } from '../lease/under-way.js';
import { MutexTarget } from '../mutex/mutex-target.js';
import type { ResolvedAcquire, ResolvedLocks } from '../options.js';
import type { AcquireOutcome } from '../outcome.js';
import { type Answer, attempt } from './attempt.js';
import { type Decision, decide, type Vote } from './decide.js';
import { extendOnQuorum, type QuorumExtensionsParts } from './quorum-extensions.js';
import { type QuorumNode, quorumNodes } from './quorum-node.js';

/** The mutexes of one process on a majority of servers: what it holds there, and what it still has to give back. */
export class Quorum implements LockKeeper {
  readonly clock: Clock;
  readonly tokens: Tokens;
  readonly held: HeldLocks;
  readonly #nodes: readonly QuorumNode[];
  readonly #keyOf: (resource: string) => string;
  readonly #owner: string | undefined;
  readonly #nodeTimeoutMs: (ttlMs: number) => number;
  readonly #extensions: QuorumExtensionsParts;
  readonly #closing = new AbortController();
  readonly #underWay = new UnderWay();
  #ending: Promise<void> | undefined;

  constructor(
    drivers: readonly [Driver, ...Driver[]],
    options: ResolvedLocks,
    nodeTimeoutMs: (ttlMs: number) => number,
  ) {
    const [{ clock, random }] = drivers;
    this.clock = clock;
    this.tokens = createTokens(random);
    this.#nodes = quorumNodes(drivers);
    this.#keyOf = lockKeys.in(options.namespace).mutex;
    this.#owner = options.owner;
    this.#nodeTimeoutMs = nodeTimeoutMs;
    this.#extensions = {
      nodes: this.#nodes,
      clock,
      random,
      owner: options.owner,
      underWay: this.#underWay,
      nodeTimeoutMs,
      owing: new WeakMap(),
      changed: (lock) => this.held.changed(lock),
    };
    this.held = new HeldLocks({
      clock,
      extend: (locks) => void extendOnQuorum(locks, this.#extensions),
    });
  }

  /** Fires when the locks are shut down. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /**
   * One try. What it took of a majority that it did not get, or that came too late, is given back before it resolves; but when
   * the wait is over, at `untilMs` on the monotonic clock, that goes on in the background.
   */
  async try(
    resource: string,
    options: ResolvedAcquire,
    untilMs: number = Number.POSITIVE_INFINITY,
  ): Promise<AcquireOutcome> {
    const { signal, ttlMs, maxHoldMs, autoExtend } = options;
    if (signal?.aborted) return { ok: false, reason: 'aborted', error: signal.reason };
    const target = new MutexTarget(resource, this.#keyOf(resource));
    const token = this.tokens.next();
    const nodeTimeoutMs = this.#nodeTimeoutMs(ttlMs);
    this.#underWay.begin();
    const answers = new Map<number, Answer>();
    const one = { target, token, ttlMs, owner: this.#owner, signal, nodeTimeoutMs, untilMs, answers };
    const leave = (): Promise<unknown> =>
      notBeyond(untilMs, this.clock, this.#leave(one, (node) => answers.get(node)).all);
    try {
      const won = await attempt(this.#nodes, this.clock, one);
      if (won.ok && !signal?.aborted && !this.closing.aborted) {
        const { fence, startedAt, owing } = won;
        const facts = { target, token, fence, ttlMs, maxHoldMs, autoExtend, startedAt };
        const lock = new target.handle(facts, this);
        this.#extensions.owing.set(lock, owing);
        this.held.add(lock);
        return { ok: true, lock };
      }
      await leave();
      if (!won.ok) return won;
      return {
        ok: false,
        reason: 'aborted',
        error: signal?.aborted ? signal.reason : this.closing.reason,
      };
    } catch (error) {
      await leave();
      throw error;
    } finally {
      this.#underWay.end();
    }
  }

  async extend(lock: HeldLock): Promise<ExtendOutcome> {
    // At the cap on the hold time nothing is asked.
    const [outcome = 'unknown'] = await extendOnQuorum([lock], this.#extensions);
    return outcome;
  }

  ended(lock: HeldLock, reason: LossReason): void {
    this.held.ended(lock, reason);
  }

  async release(lock: HeldLock, lost: boolean): Promise<ReleaseOutcome> {
    if (lost) {
      await this.#leaveLock(lock);
      return 'lost';
    }
    let outcome: ReleaseOutcome = 'unknown';
    await traceRelease(
      () => ({}),
      async () => {
        outcome = await this.#leaveLock(lock);
        return outcome === 'released';
      },
    );
    return outcome;
  }

  shutdown(graceMs: number): Promise<void> {
    this.#ending ??= this.#shutDown(graceMs);
    return this.#ending;
  }

  async #shutDown(graceMs: number): Promise<void> {
    this.#closing.abort(new ClosedError('locks'));
    await this.held.untilEmpty(graceMs);
    await Promise.all(
      this.held.all().map((lock) => {
        lock.lose('shutdown');
        return this.#leaveLock(lock);
      }),
    );
    await this.#underWay.quiet();
    await Promise.all(this.#nodes.map(({ giveBacks }) => giveBacks.close()));
  }

  /** Told as soon as a majority decides it: a server that hangs keeps nobody. */
  async #leaveLock(lock: HeldLock): Promise<ReleaseOutcome> {
    const { decided, all } = this.#leave(lock, () => (lock.late ? undefined : 'yes'));
    const { reached, votes } = await decided;
    if (reached) return 'released';
    const most = (said: readonly Vote<never>[]): boolean =>
      said.filter(({ vote }) => vote === 'no').length > this.#nodes.length / 2;
    return most(votes) || most(await all) ? 'lost' : 'unknown';
  }

  /**
   * Releases on every node but those that said that nothing is there; where nothing was heard, also what may still come. A node
   * that cannot be asked is asked again in the background.
   */
  #leave(
    { target, token, ttlMs }: Pick<HeldLock, 'target' | 'token' | 'ttlMs'>,
    answerOf: (node: number) => Answer | undefined,
  ): { readonly decided: Promise<Decision<never>>; readonly all: Promise<readonly Vote<never>[]> } {
    const deadlineMs = this.#nodeTimeoutMs(ttlMs);
    const ballots = this.#nodes.map(async ({ driver, giveBacks }, node): Promise<Vote<never>> => {
      const answer = answerOf(node);
      if (answer === 'no') return { node, vote: 'no' };
      const late = answer === undefined;
      try {
        return { node, vote: (await driver.send(target.leave(token, late), { deadlineMs })) ? 'yes' : 'no' };
      } catch (error) {
        if (isUnavailable(error)) giveBacks.add(target, token, ttlMs, late);
        return { node, vote: 'silent' };
      }
    });
    const all = Promise.all(ballots);
    this.#underWay.begin();
    void all.then(() => this.#underWay.end());
    return { decided: decide(ballots), all };
  }
}
