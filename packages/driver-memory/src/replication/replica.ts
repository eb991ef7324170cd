import type { Clock, Timer } from '@penknife/core';
import { createCommandTable } from '../commands/command-table.js';
import { Engine } from '../engine/engine.js';
import { ScriptCache } from '../engine/script-cache.js';
import { MemorySnapshot } from '../snapshot.js';
import { effectsOf, type JournalRecord, openRedoSession, redo } from './redo.js';

/** A replica's keys end by the time of the writes it has seen, never by themselves. */
function stillClock(clock: Clock): Clock {
  const never: Timer = { cancel: () => undefined };
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    timer: () => never,
    sleep: (ms, signal) => clock.sleep(ms, signal),
  };
}

/**
 * What an asynchronous replica of an engine has: all writes but the last ones, however many of those are wanted. It follows
 * by the engine's own log of effects, as Redis replicates; the last `maxLag` are kept apart.
 */
export class Replica {
  readonly #primary: Engine;
  readonly #maxLag: number;
  readonly #base: MemorySnapshot;
  readonly #baseMs: number;
  #shadow: Engine | undefined;
  /** Writes that the shadow has not seen, oldest first: one is lost as a whole. */
  #behind: (readonly JournalRecord[])[] = [];
  /** Why it has missed a write. */
  #broken: unknown;

  /** Follows an engine from here on. Throws TypeError for one that writes a file already. */
  constructor(primary: Engine, maxLag: number) {
    if (primary.journal !== undefined) throw new TypeError('an engine with persistence has no replica');
    this.#primary = primary;
    this.#maxLag = maxLag;
    this.#base = MemorySnapshot.of(primary);
    this.#baseMs = primary.now;
    primary.journal = {
      ran: ({ db }, args, reply) =>
        this.#note(db.index, effectsOf(primary, db.index, [...args], reply), undefined),
      served: ({ db }, args, key) => this.#note(db.index, [[...args]], key),
      lost: (error) => {
        this.#broken ??= error;
      },
      commandDone: () => undefined,
      rewrite: () => true,
      hasRewriteFailed: false,
    };
  }

  /**
   * The keys as they were before the last `lose` writes (all there are, when there are fewer). No longer follows. Throws what
   * a write failed by after it had changed something: there is no telling what it changed.
   */
  takeOver(lose: number): MemorySnapshot {
    this.stop();
    if (this.#broken !== undefined) throw this.#broken;
    const seen = Math.max(0, this.#behind.length - lose);
    this.#apply(seen);
    const shadow = this.#shadowEngine();
    shadow.giveTime(Math.floor(this.#primary.clock.now()));
    const snapshot = MemorySnapshot.of(shadow);
    shadow.close();
    return snapshot;
  }

  /** No longer follows. */
  stop(): void {
    this.#primary.journal = undefined;
  }

  #note(database: number, effects: readonly (readonly string[])[], servedKey: string | undefined): void {
    const nowMs = this.#primary.now;
    this.#behind.push(effects.map((args) => ({ nowMs, database, args, servedKey })));
    if (this.#behind.length >= 2 * this.#maxLag + 100) this.#apply(this.#behind.length - this.#maxLag);
  }

  #apply(count: number): void {
    if (count === 0) return;
    const shadow = this.#shadowEngine();
    const session = openRedoSession(shadow);
    for (const write of this.#behind.splice(0, count))
      for (const record of write) redo(shadow, session, record);
    shadow.closeSession(session, true);
  }

  #shadowEngine(): Engine {
    if (this.#shadow !== undefined) return this.#shadow;
    const { clock, random, config, profile } = this.#primary;
    this.#shadow = new Engine({
      clock: stillClock(clock),
      random,
      databases: config.databases,
      commands: createCommandTable(profile.compatibility),
      scripts: new ScriptCache(profile),
      profile,
    });
    for (const { code } of this.#primary.functions.libraries) {
      const session = openRedoSession(this.#shadow);
      this.#shadow.execute(session, ['FUNCTION', 'LOAD', 'REPLACE', code]);
      this.#shadow.closeSession(session, true);
    }
    this.#shadow.giveTime(this.#baseMs);
    this.#base.restoreTo(this.#shadow);
    return this.#shadow;
  }
}
