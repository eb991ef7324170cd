import { createManualClock } from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import type { ChaosOptions, ScriptBug } from '@penknife/testing';
import { createPresence, type Membership } from '../src/index.js';
import { type PresenceCall, presenceCall } from './presence-wrong.js';
import { type Acts, createChance, noise, noteIn, openProcess, type Wrong } from './schedule.js';

/** What a run is made wrong with, for the checks to notice. */
export interface PresenceDefect {
  readonly bug?: ScriptBug;
  readonly wrong?: Wrong;
  /** False: a watcher does not hear of this. */
  readonly hears?: (story: string) => boolean;
}

const leaseMs = 10_000;
const steps = 60;
const users = ['ada', 'bob', 'cyn'];

/**
 * One random schedule of joins, leaves, late and lost answers, deaths and pauses of four processes and losses of all data, while
 * two others watch. Gives the first complaint: somebody left who was held all the time by a process that lived (a flap), joins
 * and leaves do not alternate, or in the end somebody is seen whom nobody holds (a ghost), or not seen whom somebody does.
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
  /** A loss of all data takes everybody out, until their processes have noticed. */
  const flushes = seed % 3 === 0;
  const pending: Promise<unknown>[] = [];
  let isOver = false;
  let flushedAt = Number.NEGATIVE_INFINITY;

  function open(faults: ChaosOptions) {
    const wrong: Wrong = (inner) => {
      const driver = defect.wrong?.(inner) ?? inner;
      return {
        ...driver,
        send(command, options) {
          beats(presenceCall(command).act);
          return driver.send(command, options);
        },
      };
    };
    const process = openProcess(redis, faults, { bug: defect.bug, wrong, positionCheck: '2s' });
    const presence = createPresence(process.pubsub, { lease: leaseMs, grace: 0 });
    const held: { readonly user: string; readonly membership: Membership }[] = [];
    const member = {
      ...process,
      presence,
      held,
      state: 'living' as 'living' | 'paused' | 'dead',
      backAt: Number.NEGATIVE_INFINITY,
    };
    /** At a beat it may find that its lease is over: somebody joins or leaves just then. */
    function beats(act: PresenceCall['act']): void {
      if (!members.includes(member) || member.state !== 'living') return;
      const lately = clock.now() - flushedAt < leaseMs;
      if (act === 'beat' && (below(8) === 0 || lately)) join(member);
      if (act === 'begin' && below(4) === 0) leave(member);
    }
    return member;
  }
  const members: ReturnType<typeof open>[] = [];
  for (const index of [0, 1, 2, 3]) members.push(open({ seed: seed * 10 + index, rates: noise }));
  // What they hear is what is judged: it is not late.
  const watchers = [0, 1].map(() => open({ seed }));
  const living = () => members.filter(({ state }) => state === 'living');
  const holds = (user: string, of = living()) =>
    of.some(({ held }) => held.some((each) => each.user === user));
  /** Without those who came back lately: others take what it held before out, until it has found that its lease is over. */
  const steady = () => living().filter(({ backAt }) => clock.now() - backAt > 2 * leaseMs);
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
        if (sign === '-' && !cutsFeeds && !flushes && holds(user, steady()))
          complaints.push(`${user} left, and is held`);
      };
      await presence.watch('room', {
        joined: ({ user }) => hear(`+${user}`),
        left: ({ user }) => hear(`-${user}`),
      });
      return present;
    }),
  );

  function join(process = any(living())): void {
    if (process === undefined || isOver) return;
    const user = any(users);
    const joining = process.presence.join('room', user).then(
      (membership) => {
        if (membership !== 'full') process.held.push({ user, membership });
      },
      // Nobody holds it, whether it was made or not.
      () => met('not joined'),
    );
    pending.push(joining);
  }
  function leave(process = any(living().filter(({ held }) => held.length > 0))): void {
    if (isOver) return;
    const [gone] = process?.held.splice(below(process.held.length), 1) ?? [];
    if (gone !== undefined) pending.push(gone.membership.leave().catch(() => met('not left')));
  }
  /** Nothing of it reaches the server: for good, or until it comes back. */
  function stop(state: 'paused' | 'dead'): void {
    if (living().length < 2) return;
    // Who dies before it has found that the server forgot its lease leaves what nobody knows of.
    if (state === 'dead' && clock.now() - flushedAt <= 2 * leaseMs) return;
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
    process.backAt = clock.now();
    met('back');
  }
  function flush(): void {
    redis.flush();
    flushedAt = clock.now();
    met('flushed');
  }

  /** What is seen and told, and what is so. */
  async function compare(): Promise<void> {
    const truth = [...users.filter((user) => holds(user)), 'last'].join(',');
    const who = (await watchers[0]?.presence.who('room'))
      ?.map(({ user }) => user)
      .sort()
      .join(',');
    if (who !== truth) complaints.push(`present: ${who}; held: ${truth}`);
    for (const present of seen) {
      const told = [...present].sort().join(',');
      if (told !== truth) complaints.push(`told: ${told}; held: ${truth}`);
    }
  }

  const acts: Acts = [
    [25, () => join()],
    [18, () => leave()],
    [2, () => stop('dead')],
    [4, () => stop('paused')],
    [cutsFeeds ? 4 : 0, () => redis.faults.cut()],
    [20, () => clock.advance(below(3000))],
    [3, () => clock.advance(leaseMs + 1000)],
    [flushes ? 1 : 0, flush],
  ];
  for (let step = 0; step < steps; step++) {
    await chance.act(acts)();
    // Late enough that no other heals what it does.
    if (flushes && step === steps - 15) flush();
    await clock.advance(1);
    if (below(6) === 0) {
      comeBack();
      if (below(2) === 0) await clock.advance(leaseMs);
    }
  }
  isOver = true;
  for (const process of members) {
    process.chaos.calm(true);
    if (process.state !== 'paused') continue;
    process.chaos.reconnect();
    process.state = 'living';
    process.backAt = clock.now();
  }
  await clock.advance(4 * leaseMs);
  await Promise.all(pending);
  // One more join shows everybody where the order is, where all data was lost and nobody came back.
  await watchers[1]?.presence.join('room', 'last');
  await clock.advance(leaseMs);
  await compare();
  // When all who are held have left nobody else makes up for a ghost.
  for (const { held } of members) {
    for (const { membership } of held.splice(0)) await membership.leave().catch(() => met('not left'));
  }
  await clock.advance(2 * leaseMs);
  await compare();
  for (const process of [...members, ...watchers]) await process.close();
  redis.close();
  return complaints[0];
}
