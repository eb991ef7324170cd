import type { MatrixContext } from '@penknife/matrix';
import { createChaosDriver } from '@penknife/testing';
import { beforeEach, expect, it } from 'vitest';
import { createPresence, createPubSub, type Presence, type PresenceOptions } from '../src/index.js';
import { until } from './hearing.js';
import { member, roster } from './roster.js';

/** Who is where, on whatever the context runs on. */
export function presenceSuite(context: MatrixContext): void {
  // On a server the clock is real: leases as short as a test may wait.
  const leaseMs = context.column.memory ? 10_000 : 200;
  let room = '';
  let rooms = 0;
  beforeEach(() => {
    room = `p${++rooms}`;
  });
  const open = async (options: PresenceOptions = {}): Promise<Presence> =>
    createPresence(createPubSub(await context.driver()), { lease: leaseMs, grace: 0, ...options });
  /** A process that can be killed: from then on nothing of it reaches the server. */
  const openMortal = async (options: PresenceOptions = {}) => {
    const chaos = createChaosDriver(await context.driver(), { seed: 1 });
    const presence = createPresence(createPubSub(chaos.driver), { lease: leaseMs, grace: 0, ...options });
    return { chaos, presence };
  };
  const left = (kind: string, ...more: string[]) =>
    context.admin('EXISTS', `pk:ps1:${kind}:{presence:${room}}${more.map((part) => `:${part}`).join('')}`);
  const leases = 'pk:ps1:leases:{nodes}';
  const nodesWithLease = async () => (await context.admin('ZRANGE', leases, 0, -1)) as string[];
  /** Lets leases that are long, so that no slow machine ends them, be over at once. */
  const endLeases = async (nodes: readonly string[], partsMs: readonly number[]): Promise<void> => {
    if (context.column.memory) for (const ms of partsMs) await context.advance(ms);
    else for (const node of nodes) await context.admin('ZADD', leases, 1, node);
  };

  it('a user is present while any process holds a connection; both ends are told once', async () => {
    const [here, there, watcher] = [await open(), await open(), await open()];
    const [first, second] = [roster(), roster()];
    await watcher.watch(room, first);
    await here.watch(room, second);
    const tab = await member(here.join(room, 'ada'));
    const other = await member(there.join(room, 'ada'));
    const bob = await member(there.join(room, 'bob'));
    const here1 = await watcher.who(room);
    expect(here1.map(({ user }) => user).sort()).toEqual(['ada', 'bob']);
    expect(here1.every(({ since }) => Number.isSafeInteger(since) && since > 0)).toBe(true);
    await tab.leave();
    await tab.leave();
    await bob.leave();
    await until(context, 'bob left', () => first.heard.includes('-bob') && second.heard.includes('-bob'));
    expect((await watcher.who(room)).map(({ user }) => user)).toEqual(['ada']);
    await other.leave();
    await until(context, 'ada left', () => first.heard.includes('-ada') && second.heard.includes('-ada'));
    const story = ['present', '+ada', '+bob', '-bob', '-ada'];
    expect([first.heard, second.heard]).toEqual([story, story]);
    expect(await Promise.all(['users', 'counts'].map((kind) => left(kind)))).toEqual([0, 0]);
  });

  it('trap 24: however many processes watch, a change is told once to each', async () => {
    const processes = await Promise.all(Array.from({ length: 4 }, () => open({ lease: 10_000 })));
    const heard = await Promise.all(
      processes.map(async (presence) => {
        const listener = roster();
        await presence.watch(room, listener);
        return listener.heard;
      }),
    );
    const joined = await Promise.all(processes.map((presence) => member(presence.join(room, 'ada'))));
    for (const membership of joined) await membership.leave();
    await member((processes[0] as Presence).join(room, 'end'));
    await until(context, 'the end', () => heard.every((each) => each.at(-1) === '+end'));
    for (const each of heard) expect(each).toEqual(['present', '+ada', '-ada', '+end']);
  });

  it('trap 23: a process that dies leaves within its lease and a second, nobody else does, and no ghost stays', async () => {
    const { chaos, presence: mortal } = await openMortal();
    const watcher = await open();
    const listener = roster();
    await watcher.watch(room, listener);
    for (const user of ['ada', 'bob', 'eve']) await member(mortal.join(room, user));
    await member(watcher.join(room, 'bob'));
    await until(context, 'all are there', () => listener.heard.includes('+eve'));
    chaos.disconnect();
    const killed = context.clock.monotonic();
    if (context.column.memory) {
      await context.advance(6000);
      expect(listener.heard).toEqual(['present', '+ada', '+bob', '+eve']);
      await context.advance(5000);
    }
    await until(context, 'they left', () => listener.heard.length >= 6);
    const took = context.clock.monotonic() - killed;
    // On a server a busy machine may delay the sight of it; what is promised is shown on the manual clock.
    if (context.column.memory) expect(took).toBeLessThanOrEqual(leaseMs + 1000);
    expect(listener.heard.slice(4).sort()).toEqual(['-ada', '-eve']);
    expect((await watcher.who(room)).map(({ user }) => user)).toEqual(['bob']);
  });

  it('trap 23: whoever asks first after everybody died sees no ghost', async () => {
    const lease = 10_000;
    const { chaos, presence: mortal } = await openMortal({ lease });
    await member(mortal.join(room, 'ada'));
    const late = await open();
    expect(await late.who(room)).toMatchObject([{ user: 'ada' }]);
    chaos.disconnect();
    await endLeases(await nodesWithLease(), [lease / 2, lease / 2, lease / 5]);
    expect(await late.who(room)).toEqual([]);
    expect(await Promise.all(['users', 'counts'].map((kind) => left(kind)))).toEqual([0, 0]);
  });

  context.where(context.column.memory, 'with a real clock its own beat may be the first')(
    'trap 23: whoever joins first after everybody died sees no ghost either',
    async () => {
      const { chaos, presence: mortal } = await openMortal();
      await member(mortal.join(room, 'ada'));
      chaos.disconnect();
      await context.advance(leaseMs + 1);
      const late = await open();
      await member(late.join(`${room}-other`, 'bob'));
      expect(await late.who(room)).toEqual([]);
      // Nor does who hands over take anybody along.
      const { chaos: second, presence: next } = await openMortal();
      await member(next.join(room, 'cyn'));
      await context.advance(leaseMs / 5);
      second.disconnect();
      const [told, leaver] = [roster(), await open()];
      await member(leaver.join(`${room}-other`, 'dan'));
      await late.watch(room, told);
      await context.advance((leaseMs * 4) / 5 - 10);
      await context.advance(11);
      await leaver.close({ handOver: '1m' });
      await context.advance(1000);
      expect(told.heard).toEqual(['present cyn', '-cyn']);
      await late.close();
    },
  );

  context.where(context.column.memory, 'only a clock that is moved by hand is exact')(
    'a first join puts off no look at a lease that ends before, whether the process watches or not',
    async () => {
      for (const watches of [true, false]) {
        const { chaos, presence: mortal } = await openMortal();
        await member(mortal.join(room, 'ada'));
        chaos.disconnect();
        const late = await open();
        if (watches) await late.watch(room, roster());
        for (const ms of [4000, 4000, 1500]) await context.advance(ms);
        await member(late.join(`${room}-other`, 'bob'));
        await context.advance(1000);
        expect([watches, await left('users')]).toEqual([watches, 0]);
        await late.close();
      }
    },
  );

  it('trap 25: a process that comes back after its lease holds what it held, under a name that is new', async () => {
    const { chaos, presence: paused } = await openMortal();
    const watcher = await open();
    const listener = roster();
    await watcher.watch(room, listener);
    await member(paused.join(room, 'ada'));
    await until(context, 'ada is there', () => listener.heard.includes('+ada'));
    chaos.disconnect();
    await context.advance(context.column.memory ? leaseMs + 1000 : 100);
    await until(context, 'ada left', () => listener.heard.includes('-ada'));
    chaos.reconnect();
    if (context.column.memory) await context.advance(leaseMs);
    await until(context, 'ada is back', () => listener.heard.at(-1) === '+ada');
    expect(listener.heard).toEqual(['present', '+ada', '-ada', '+ada']);
    // One that still believes in its old name is told so, and joins under the new one.
    await member(paused.join(room, 'bob'));
    await until(context, 'bob is there', () => listener.heard.includes('+bob'));
    await paused.close();
    await until(context, 'both left', () => listener.heard.includes('-bob') && listener.heard.length === 7);
    expect(await watcher.who(room)).toEqual([]);
    expect(await Promise.all(['users', 'counts'].map((kind) => left(kind)))).toEqual([0, 0]);
  });

  context.where(context.column.memory, 'heartbeats take seconds')(
    'heartbeats cost the same, however many users a process holds in however many rooms',
    async () => {
      const presence = await open();
      await member(presence.join(room, 'first'));
      const beats = async () => (await context.counts(() => context.advance(3 * leaseMs))).calls;
      const few = await beats();
      for (let i = 0; i < 300; i++) await member(presence.join(`${room}-${i % 30}`, `u${i}`));
      const many = await beats();
      const scripts = (calls: typeof few): number => (calls.evalsha ?? 0) + (calls.eval ?? 0);
      const total = (calls: typeof few): number => Object.values(calls).reduce((sum, each) => sum + each, 0);
      // Nine or ten beats, as they fall.
      expect([9, 10]).toContain(scripts(few));
      expect([9, 10]).toContain(scripts(many));
      expect(total(many) / scripts(many)).toBeCloseTo(total(few) / scripts(few), 5);
      await presence.close();
    },
  );

  it('who lost its lease by a flush is back at the next heartbeat', async () => {
    const here = await open();
    await member(here.join(room, 'ada'));
    await context.admin('FLUSHALL');
    await context.advance(context.column.memory ? leaseMs : 100);
    const watcher = await open();
    const listener = roster();
    await watcher.watch(room, listener);
    await until(context, 'ada is seen', () => listener.heard.some((each) => each.includes('ada')));
    expect((await watcher.who(room)).map(({ user }) => user)).toEqual(['ada']);
  });

  it('a page that is reloaded within the grace neither leaves nor joins', async () => {
    const grace = context.column.memory ? 2000 : 60;
    // On a server the clock is real: whoever is back in time has all the time there is.
    const long = context.column.memory ? 2000 : 10_000;
    const [here, there, watcher] = [await open({ grace: long }), await open({ grace: long }), await open()];
    const brief = await open({ grace });
    const listener = roster();
    await watcher.watch(room, listener);
    const tab = await member(here.join(room, 'ada'));
    await until(context, 'ada is there', () => listener.heard.includes('+ada'));
    await tab.leave();
    await member(there.join(room, 'ada'));
    const short = await member(brief.join(room, 'bob'));
    await short.leave();
    await context.advance(grace);
    await until(context, 'bob left', () => listener.heard.includes('-bob'));
    const at = await member(here.join(room, 'eve'));
    await at.leave({ now: true });
    await until(context, 'eve left', () => listener.heard.includes('-eve'));
    expect(listener.heard).toEqual(['present', '+ada', '+bob', '-bob', '+eve', '-eve']);
  });

  it('a process that hands over is gone when its users are back elsewhere, and they have never left', async () => {
    // A stall of the machine must not end its lease.
    const [old, fresh, watcher] = [await open({ lease: '10s' }), await open(), await open()];
    const listener = roster();
    await watcher.watch(room, listener);
    await member(old.join(room, 'ada'));
    await member(old.join(room, 'bob'));
    const nodes = await nodesWithLease();
    const handOver = 5000;
    await old.close({ handOver });
    await member(fresh.join(room, 'ada'));
    await endLeases(nodes, [handOver + 1000]);
    await until(context, 'bob left', () => listener.heard.includes('-bob'));
    expect(listener.heard).toEqual(['present', '+ada', '+bob', '-bob']);
    await expect(old.join(room, 'ada')).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it('a process that is closed leaves at once, and leaves no key that lasts', async () => {
    const [here, watcher] = [await open({ grace: '1m' }), await open()];
    const listener = roster();
    const view = await watcher.watch(room, listener);
    const tab = await member(here.join(room, 'ada'));
    await member(here.join(room, 'bob'));
    await tab.leave();
    await here.close();
    await until(context, 'both left', () => listener.heard.length === 5);
    expect(listener.heard.slice(3).sort()).toEqual(['-ada', '-bob']);
    expect(view.users.size).toBe(0);
    await view.close();
    await watcher.close();
    for (const kind of ['leases', 'dying']) {
      expect(await context.admin('EXISTS', `pk:ps1:${kind}:{nodes}`)).toBe(0);
    }
    for (const kind of ['users', 'counts']) expect(await left(kind)).toBe(0);
  });

  it('a view that begins while everything is closed is refused, and nothing of it stays', async () => {
    const pubsub = createPubSub(await context.driver());
    const presence = createPresence(pubsub, { lease: leaseMs });
    const beginning = presence.watch(room, roster());
    const refused = expect(beginning).rejects.toMatchObject({ code: 'CLOSED' });
    await presence.close();
    await refused;
    expect(pubsub.stats().flatMap(({ live }) => live)).toEqual([]);
  });

  it('a view that missed joins and leaves for good is told the difference', async () => {
    const { chaos, presence: deaf } = await openMortal();
    const here = await open();
    const listener = roster();
    const stays = await member(here.join(room, 'ada'));
    const goes = await member(here.join(room, 'bob'));
    await deaf.watch(room, listener);
    chaos.disconnect();
    await goes.leave();
    await member(here.join(room, 'eve'));
    await context.admin('DEL', `pk:ps1:history:{presence:${room}}`);
    chaos.reconnect();
    await until(context, 'the difference', () => listener.heard.length === 3);
    expect(listener.heard).toEqual(['present ada,bob', '-bob', '+eve']);
    await stays.leave();
    await until(context, 'ada left', () => listener.heard.includes('-ada'));
  });

  it('a full room says so, and bad input is refused by name', async () => {
    const presence = await open({ limit: 2 });
    await member(presence.join(room, 'ada'));
    await member(presence.join(room, 'bob'));
    expect(await presence.join(room, 'eve')).toBe('full');
    await member(presence.join(room, 'bob'));
    await expect(presence.join('', 'ada')).rejects.toMatchObject({ argument: 'room' });
    await expect(presence.join(room, 'x'.repeat(161))).rejects.toMatchObject({ argument: 'user' });
    await expect(presence.watch(room, { joined: 1 as never })).rejects.toMatchObject({
      argument: 'listener.joined',
    });
    await expect(open({ lease: 99 })).rejects.toThrow(/lease/);
    await expect(open({ limit: 0 })).rejects.toThrow(/limit must be/);
    expect(() => createPresence({} as never)).toThrow(/must be what createPubSub gave/);
  });

  context.where(context.column.memory, 'heartbeats are counted over minutes')(
    'heartbeats cost the same for one user as for five hundred',
    async () => {
      const beats = async (users: number): Promise<number> => {
        const presence = await open();
        for (let i = 0; i < users; i++) await member(presence.join(room, `user-${users}-${i}`));
        const counted = await context.counts(() => context.advance(60_000));
        await presence.close();
        return counted.calls.evalsha ?? 0;
      };
      const [one, many] = [await beats(1), await beats(500)];
      // Every third of ten seconds; the minute may begin right before one or right after.
      expect(one).toBeGreaterThanOrEqual(17);
      expect(Math.abs(many - one)).toBeLessThanOrEqual(1);
    },
  );
}
