import { createManualClock } from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import type { ScriptBug } from '@penknife/testing';
import { createPresence, type Membership } from '../src/index.js';
import { type Acts, createChance, noteIn, openProcess } from './schedule.js';

/** What a run is made wrong with, for the checks to notice. */
export interface PresenceDefect {
  readonly bug?: ScriptBug;
  /** False: a watcher does not hear of this. */
  readonly hears?: (story: string) => boolean;
}

const leaseMs = 10_000;
const steps = 60;
const users = ['ada', 'bob', 'cyn'];

/**
 * One random schedule of joins, leaves, deaths and pauses of four processes, while two others watch. Gives the first complaint:
 * somebody left who was held all the time by a process that lived (a flap), joins and leaves do not alternate, or in the end
 * somebody is seen whom nobody holds (a ghost), or not seen whom somebody does.
 */
export async function runPresenceSchedule(
  seed: number,
  defect: PresenceDefect = {},
  coverage?: Map<string, number>,
): Promise<string | undefined> {
  const chance = createChance(seed);
  const { below, any } = chance;
  const met = noteIn(coverage);
  const clock = createManualClock();
  const redis = createMemoryRedis({ clock, seed });
  const complaints: string[] = [];
  /** While feeds are cut, what is heard is late: then nobody can tell a flap by when it is heard. */
  const cutsFeeds = seed % 2 === 0;

  function open() {
    const process = openProcess(redis, { seed }, { bug: defect.bug });
    const presence = createPresence(process.pubsub, { lease: leaseMs, grace: 0 });
    const held: { readonly user: string; readonly membership: Membership }[] = [];
    return { ...process, presence, held, state: 'living' as 'living' | 'paused' | 'dead' };
  }
  const members = [0, 1, 2, 3].map(open);
  const watchers = [0, 1].map(open);
  const living = () => members.filter(({ state }) => state === 'living');
  const holds = (user: string) => living().some(({ held }) => held.some((each) => each.user === user));
  const seen = await Promise.all(
    watchers.map(async ({ presence }) => {
      const present = new Set<string>();
      const hear = (story: string): void => {
        if (defect.hears?.(story) === false) return;
        const [sign, user] = [story[0], story.slice(1)];
        met(sign === '+' ? 'joined' : 'left');
        if (present.has(user) === (sign === '+')) complaints.push(`${story} was told twice`);
        if (sign === '+') present.add(user);
        else present.delete(user);
        if (sign === '-' && !cutsFeeds && holds(user)) complaints.push(`${user} left, and is held`);
      };
      await presence.watch('room', {
        joined: ({ user }) => hear(`+${user}`),
        left: ({ user }) => hear(`-${user}`),
      });
      return present;
    }),
  );

  async function join(): Promise<void> {
    const process = any(living());
    if (process === undefined) return;
    const user = any(users);
    const membership = await process.presence.join('room', user);
    if (membership !== 'full') process.held.push({ user, membership });
  }
  async function leave(): Promise<void> {
    const process = any(living().filter(({ held }) => held.length > 0));
    const [gone] = process?.held.splice(below(process.held.length), 1) ?? [];
    await gone?.membership.leave();
  }
  /** Nothing of it reaches the server: for good, or until it comes back. */
  function stop(state: 'paused' | 'dead'): void {
    if (living().length < 2) return;
    const process = any(living());
    process.state = state;
    process.chaos.disconnect();
    met(state);
  }
  function comeBack(): void {
    const process = any(members.filter(({ state }) => state === 'paused'));
    if (process === undefined) return;
    process.chaos.reconnect();
    process.state = 'living';
    met('back');
  }

  const acts: Acts = [
    [25, join],
    [18, leave],
    [2, () => stop('dead')],
    [4, () => stop('paused')],
    [cutsFeeds ? 4 : 0, () => redis.faults.cut()],
    [20, () => clock.advance(below(3000))],
    [3, () => clock.advance(leaseMs + 1000)],
  ];
  for (let step = 0; step < steps; step++) {
    await chance.act(acts)();
    await clock.advance(1);
    // Who comes back is not asked for anything before it has found its lease again, or lost.
    if (below(6) === 0) {
      comeBack();
      await clock.advance(leaseMs);
    }
  }
  for (const process of members) {
    if (process.state !== 'paused') continue;
    process.chaos.reconnect();
    process.state = 'living';
  }
  await clock.advance(4 * leaseMs);
  const truth = users.filter(holds).join(',');
  const who = (await watchers[0]?.presence.who('room'))
    ?.map(({ user }) => user)
    .sort()
    .join(',');
  if (who !== truth) complaints.push(`present: ${who}; held: ${truth}`);
  for (const present of seen) {
    const told = [...present].sort().join(',');
    if (told !== truth) complaints.push(`told: ${told}; held: ${truth}`);
  }
  for (const process of [...members, ...watchers]) await process.close();
  redis.close();
  return complaints[0];
}
