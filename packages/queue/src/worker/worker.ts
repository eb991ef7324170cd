import {
  type Arg,
  backoffMs,
  checkCall,
  type Driver,
  type Duration,
  durationMs,
  isPenknifeError,
  sentOf,
} from '@penknife/core';
import { advanceScript, type Round } from '../commands.js';
import { queueErrorOr } from '../errors.js';
import type { JobHandler } from '../job.js';
import type { ResolvedQueue, ResolvedWorker, WorkerEvent } from '../options.js';
import { HeldJob, type Settlement } from './held-job.js';
import type { Places } from './places.js';
import { Renewal } from './renewal.js';
import { runJob } from './run-job.js';
import { tell } from './tell.js';
import { WakeUp } from './wake-up.js';

/** A worker at work. */
export interface Worker {
  /** Jobs in its hands. */
  readonly running: number;
  /**
   * Takes nothing more and resolves when nothing is left in its hands. What runs gets `grace` to end (default 10 s); then its
   * signal fires, and it is given back at once, to be handed out elsewhere.
   */
  close(options?: { readonly grace?: Duration }): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Due and abandoned jobs that one round makes ready at most; settlements and takes of one round. */
const maintained = 100;
const mostSettled = 200;
const mostTaken = 200;
const backoff = { baseMs: 20, maxMs: 2000, jitter: 'equal' } as const;

/** What a worker is made of. */
export interface WorkerParts<T, R> {
  readonly driver: Driver;
  readonly queue: ResolvedQueue<T>;
  readonly handler: JobHandler<T, R>;
  readonly options: ResolvedWorker;
  /** Room for handlers, its own or shared with other partitions. */
  readonly places: Places;
}

/** Starts a worker: rounds of one script each, as long as there is something to settle or to take. */
export function startWorker<T, R>(parts: WorkerParts<T, R>): Worker {
  const { driver, queue, handler, options, places } = parts;
  const { leaseMs, pollMs } = options;
  const { keys, head, rate } = queue;
  const held = new Set<HeldJob>();
  const settlements: Settlement[] = [];
  const taker = { roomy: advance };
  let mayHaveWork = true;
  /** Cuts short what is waited for when the end comes. */
  const stopping = new AbortController();
  let closing = false;
  /** What is taken from here on goes back untried: its round was on its way. */
  let graceOver = false;
  /** Rounds that failed, one after the other. */
  let failures = 0;
  let advancing: Promise<void> | undefined;
  let hearIdle = (): void => undefined;

  const renewal = new Renewal({
    driver,
    keys,
    head,
    leaseMs,
    held: () => [...held].filter(({ answered }) => !answered),
    lost: letGo,
    failed: (error) => emit({ kind: 'error', error }),
  });
  const wakeUp = new WakeUp(driver, queue.channel, {
    wake,
    missed() {
      wake();
      void renewal.look();
    },
    cancelled(id, delivery) {
      for (const job of held)
        if (job.taken.id === id && job.taken.delivery === delivery) letGo(job, 'cancelled');
    },
  });
  advance();

  function wake(): void {
    mayHaveWork = true;
    advance();
  }

  function emit(event: WorkerEvent): void {
    tell(options.onEvent, event);
  }

  /** It is somebody else's now, or will be. Its handler may go on: what it answers is not heard. */
  function letGo(job: HeldJob, why: 'lost' | 'cancelled'): void {
    if (!held.delete(job)) return;
    job.leavePlace();
    const ended = job.end(why);
    if (ended && !(why === 'lost' && job.mayBeSettled)) emit({ kind: why, id: job.taken.id });
    wake();
    if (held.size === 0 && advancing === undefined) hearIdle();
  }

  function hasSomethingToDo(): boolean {
    return settlements.length > 0 || (!closing && mayHaveWork && places.hasRoomFor(taker));
  }

  /** One round at a time: what comes up meanwhile goes into the next. */
  function advance(): void {
    if (advancing !== undefined || !hasSomethingToDo()) return;
    advancing = rounds().finally(() => {
      advancing = undefined;
      if (held.size === 0) hearIdle();
      advance();
    });
  }

  async function rounds(): Promise<void> {
    // What is settled in this very turn goes together.
    await undefined;
    while (hasSomethingToDo()) {
      // What was let go meanwhile is not ours to settle.
      const some = settlements.splice(0, mostSettled).filter(({ job }) => held.has(job));
      // Where the server failed, it is asked first whether it is there again: others may need the places meanwhile.
      if (failures > 0) places.leave(taker);
      const wanted = closing || !mayHaveWork || failures > 0 ? 0 : places.take(taker, mostTaken);
      if (some.length + wanted + failures === 0) continue;
      const startMs = driver.clock.monotonic();
      // A word that comes while this round is on its way is about what it may not see.
      if (wanted > 0) mayHaveWork = false;
      try {
        finish(await driver.send(advanceScript(keys, argsOf(some, wanted))), some, wanted, startMs);
        failures = 0;
      } catch (error) {
        places.giveBack(wanted);
        places.leave(taker);
        if (isPenknifeError(error) && error.code === 'CLOSED') {
          abandon();
          return;
        }
        mayHaveWork = true;
        if (sentOf(error) === 'maybe') for (const { job } of some) job.mayBeSettled = true;
        // Settling twice is harmless; what is no longer ours by then is refused.
        settlements.unshift(
          ...some.filter(({ job }) => job.heldUntilMs > driver.clock.monotonic() || forgo(job)),
        );
        emit({ kind: 'error', error: queueErrorOr(error) });
        await driver.clock
          .sleep(backoffMs(backoff, ++failures, driver.random), closing ? undefined : stopping.signal)
          .catch(() => undefined);
      }
    }
  }

  function argsOf(some: readonly Settlement[], wanted: number): Arg[] {
    const settled = some.flatMap(({ act, job: { taken }, delayMs, said }) => [
      `${act}${taken.stored.group ?? ''}`,
      taken.id,
      taken.delivery,
      delayMs,
      said,
    ]);
    return [...head, leaseMs, wanted, maintained, queue.crashes, rate.spacing, rate.burst, ...settled];
  }

  function finish(round: Round, some: readonly Settlement[], wanted: number, startMs: number): void {
    places.giveBack(wanted - round.taken.length);
    some.forEach(({ job }, i) => {
      const gone = held.delete(job) && round.settled[i] !== true && !job.mayBeSettled;
      if (gone) emit({ kind: 'lost', id: job.taken.id });
    });
    if (wanted > 0 && (round.taken.length === wanted || round.nextInMs === 0)) mayHaveWork = true;
    for (const taken of round.taken) {
      const job = new HeldJob(taken, startMs + leaseMs * 0.75, () => places.giveBack(1));
      held.add(job);
      if (graceOver) {
        returnJob(job);
        job.leavePlace();
      } else void run(job);
    }
    if (held.size > 0) renewal.start();
    wakeUp.in(Math.min(pollMs, round.nextInMs ?? pollMs));
  }

  async function run(job: HeldJob): Promise<void> {
    const settlement = await runJob(job, { driver, queue, handler, emit });
    if (held.has(job) && !job.answered) {
      job.answered = true;
      settlements.push(settlement);
    }
    job.leavePlace();
    advance();
  }

  function forgo(job: HeldJob): false {
    letGo(job, 'lost');
    return false;
  }

  /** The driver is closed: nothing can be settled any more. */
  function abandon(): void {
    closing = true;
    settlements.length = 0;
    places.leave(taker);
    for (const job of held) {
      job.leavePlace();
      job.end('lost');
    }
    held.clear();
    renewal.close();
    void wakeUp.close();
    hearIdle();
  }

  async function idle(): Promise<void> {
    if (held.size > 0 || advancing !== undefined)
      await new Promise<void>((resolve) => {
        hearIdle = resolve;
      });
  }

  function returnJob(job: HeldJob): void {
    if (job.answered) return;
    job.answered = true;
    job.end('closing');
    settlements.push({ act: 'b', job, delayMs: 0, said: '' });
  }

  function giveBack(): undefined {
    graceOver = true;
    for (const job of held) returnJob(job);
    advance();
  }

  async function end(graceMs: number): Promise<void> {
    closing = true;
    places.leave(taker);
    stopping.abort();
    const grace = graceMs === 0 ? giveBack() : driver.clock.timer(graceMs, giveBack);
    await idle();
    grace?.cancel();
    renewal.close();
    await wakeUp.close();
  }

  let ended: Promise<void> | undefined;
  const close: Worker['close'] = async (options = {}) => {
    checkCall(options);
    const { grace = '10s' } = options;
    const graceMs = durationMs(grace, 'grace');
    ended ??= end(graceMs);
    return ended;
  };
  return {
    get running() {
      return held.size;
    },
    close,
    [Symbol.asyncDispose]: () => close(),
  };
}
