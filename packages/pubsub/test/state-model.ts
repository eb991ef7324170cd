import { createManualClock } from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import type { ScriptBug } from '@penknife/testing';
import { defineState, type Position, type State, type StateChange, type StateEntry } from '../src/index.js';
import { type Acts, createChance, noise, noteIn, openProcess } from './schedule.js';

/** What a run is made wrong with, for the checks to notice. */
export interface StateDefect {
  readonly bug?: ScriptBug;
  /** False: the listener of a view does not hear of this change. */
  readonly hears?: (change: StateChange<unknown>) => boolean;
}

interface Watcher {
  told: Map<string, StateEntry<unknown>>;
  last: Position | undefined;
}

const params = { room: 'a' };
const steps = 80;
const keys = ['x', 'y', 'z'];
const show = (position: Position | undefined): string =>
  position === undefined ? 'absent' : `${position.epoch}:${position.offset}`;

/**
 * One random schedule of changes that compare, views, cuts, deafness, lost answers and losses of all data, by three processes.
 * Gives the first complaint: of two changes that expected the same version both were made, a view was told something out of
 * order, or it ends elsewhere than the server.
 */
export async function runStateSchedule(
  seed: number,
  defect: StateDefect = {},
  coverage?: Map<string, number>,
): Promise<string | undefined> {
  const chance = createChance(seed);
  const { below, any } = chance;
  const met = noteIn(coverage);
  const clock = createManualClock();
  const redis = createMemoryRedis({ clock, seed });
  const definition = defineState('room:{room}', { historySize: any([2, 1000]) });
  const complaints: string[] = [];
  const spent = new Set<string>();
  const known: Position[][] = keys.map(() => []);
  const watchers: Watcher[] = [];
  const pending: Promise<unknown>[] = [];
  const processes = [0, 1, 2].map((index) => {
    const process = openProcess(
      redis,
      { seed: seed * 10 + index, rates: noise },
      { bug: defect.bug, positionCheck: '2s', recovery: { pageSize: 2 } },
    );
    return { ...process, state: process.pubsub.state(definition) as State<'room:{room}', unknown, unknown> };
  });
  let value = 0;

  function change(): void {
    const k = below(keys.length);
    const key = keys[k] as string;
    const expect = any([undefined, 'absent' as const, ...(known[k] ?? []).slice(-2)]);
    const options = expect === undefined ? {} : { expect };
    const { state } = any(processes);
    const changing =
      below(4) === 0 ? state.remove(params, key, options) : state.set(params, key, ++value, options);
    pending.push(
      changing.then(
        ({ changed, version, ...rest }) => {
          met('reason' in rest ? rest.reason : 'changed');
          if (version !== undefined) known[k]?.push(version);
          if (!changed || typeof expect !== 'object') return;
          const mark = `${key} at ${show(expect)}`;
          if (spent.has(mark)) complaints.push(`two changes were made of ${mark}`);
          spent.add(mark);
        },
        () => met('unknown'),
      ),
    );
  }

  async function watch(): Promise<void> {
    const watcher: Watcher = { told: new Map(), last: undefined };
    try {
      await any(processes).state.watch(params, {
        snapshot(entries, why) {
          met(why === undefined ? 'snapshot' : 'snapshot anew');
          watcher.told = new Map(entries);
          watcher.last = undefined;
        },
        change(change) {
          if (defect.hears?.(change) === false) return;
          met('change');
          const { key, version, previous } = change;
          const { last, told } = watcher;
          const follows =
            last === undefined || (last.epoch === version.epoch && last.offset + 1 === version.offset);
          if (!follows) complaints.push(`${show(version)} follows ${show(last)}`);
          const before = told.get(key)?.version;
          if (show(before) !== show(previous?.version)) complaints.push(`${key} stood at ${show(before)}`);
          watcher.last = version;
          if (change.kind === 'remove') told.delete(key);
          else told.set(key, { value: change.value, version });
        },
      });
      watchers.push(watcher);
    } catch {
      // Refused by the chaos: nobody watches.
    }
  }

  const acts: Acts = [
    [40, change],
    [5, () => void pending.push(watch())],
    [5, () => redis.faults.cut()],
    [3, () => any(processes).chaos.silenceFeeds()],
    [4, () => any(processes).chaos.disconnect()],
    [6, () => any(processes).chaos.reconnect()],
    [1, () => redis.flush()],
    [25, () => clock.advance(below(60))],
    [2, () => clock.advance(4000)],
  ];
  pending.push(watch());
  for (let step = 0; step < steps; step++) {
    await chance.act(acts)();
    if (below(3) === 0) await clock.advance(0);
  }
  for (const { chaos } of processes) {
    chaos.calm(true);
    chaos.reconnect();
  }
  await clock.advance(10_000);
  await Promise.all(pending);
  // One more change shows everybody where the order is.
  await processes[0]?.state.set(params, 'last', seed);
  await clock.advance(30_000);
  const truth = await processes[0]?.state.read(params);
  const text = (entries: ReadonlyMap<string, StateEntry<unknown>> | undefined): string =>
    [...(entries ?? [])]
      .map(([key, entry]) => `${key}=${String(entry.value)}@${show(entry.version)}`)
      .sort()
      .join(' ');
  for (const { told } of watchers) {
    if (text(told) !== text(truth))
      complaints.push(`a view ends with ${text(told)}, the server with ${text(truth)}`);
  }
  for (const process of processes) await process.close();
  redis.close();
  return complaints[0];
}
