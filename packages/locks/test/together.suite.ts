import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { LockKeyError, LockLostError, type Locks, lockKeys, lockOrThrow } from '../src/index.js';
import { eventually, held, queued } from './eventually.js';
import { close, processesOf } from './processes.js';

/** Several resources at once, elections and re-entrancy, on whatever the context runs on. */
export function togetherSuite(context: MatrixContext): void {
  const keyOf = (resource: string) => lockKeys.in('pk').mutex(resource);
  const processes = processesOf(context);
  const names = ['c', 'a', 'b'];

  it('all or none, whichever slots they lie in', async () => {
    const all = await processes(2);
    const [one, two] = all as [Locks, Locks];
    const single = await held(one.tryAcquire('b'));
    expect(await two.tryAcquireAll(names)).toMatchObject({
      ok: false,
      reason: 'held',
      holder: one.id,
      resource: 'b',
    });
    for (const name of names)
      if (name !== 'b')
        await eventually(`${name} is free`, async () => (await one.inspect(name)).holder === undefined);
    expect(two.heldCount).toBe(0);
    await single.release();
    const set = lockOrThrow(await two.tryAcquireAll(names));
    expect(set.locks.map(({ resource }) => resource)).toEqual(['a', 'b', 'c']);
    expect(set.fenceOf('b')).toBeGreaterThan(single.fence);
    expect(() => set.fenceOf('d')).toThrow('resource must be one that this set holds; given: "d"');
    set.assertHeld();
    expect(set.remainingMs).toBeGreaterThan(3_000_000);
    expect(await set.extend()).toBe('extended');
    for (const name of names) expect(await one.tryAcquire(name)).toMatchObject({ ok: false });
    expect(await set.release()).toBe('released');
    for (const name of names) expect((await one.tryAcquire(name)).ok).toBe(true);
    await close(all);
  });

  it('who takes several in any order waits for others who do, and never in a circle', async () => {
    const all = await processes(3);
    let inside = 0;
    const work = all.flatMap((locks, i) =>
      [names, [...names].reverse(), ['b', 'c', 'a']].map(async (order) => {
        const set = lockOrThrow(await locks.acquireAll(order, { waitMs: 20_000 }));
        expect(++inside, String(i)).toBe(1);
        await new Promise<void>((resolve) => setImmediate(resolve));
        inside--;
        await set.release();
      }),
    );
    await Promise.all(work);
    expect(all.map((locks) => locks.heldCount)).toEqual([0, 0, 0]);
    await close(all);
  });

  it('a wait for several that ends in vain holds nothing', async () => {
    const all = await processes(2);
    const [one, two] = all as [Locks, Locks];
    await held(one.tryAcquire('b'));
    const controller = new AbortController();
    const waiting = two.acquireAll(names, { signal: controller.signal });
    await queued(one, 'b', 1);
    controller.abort('enough');
    expect(await waiting).toMatchObject({ ok: false, reason: 'aborted', error: 'enough', resource: 'b' });
    for (const name of ['a', 'c'])
      await eventually(`${name} is free`, async () => (await one.inspect(name)).holder === undefined);
    await queued(one, 'b', 0);
    await close(all);
  });

  it('trap 16: when one of several was lost, the others are released all the same, and each is told', async () => {
    const all = await processes(2);
    const [one, two] = all as [Locks, Locks];
    const set = lockOrThrow(await one.tryAcquireAll(names));
    await context.admin('DEL', keyOf('b'));
    const each = await set.releaseEach();
    expect(Object.fromEntries(each)).toEqual({ a: 'released', b: 'lost', c: 'released' });
    expect(await set.release()).toBe('lost');
    for (const name of names) expect((await two.tryAcquire(name)).ok).toBe(true);
    await close(all);
  });

  it('a set is lost as soon as one of its locks is', async () => {
    const all = await processes(1);
    const [one] = all as [Locks];
    const set = lockOrThrow(await one.tryAcquireAll(names));
    const { signal } = set;
    await context.admin('DEL', keyOf('b'));
    expect(await set.extend()).toBe('lost');
    expect(signal.reason).toMatchObject({ code: 'LOCK_LOST', resource: 'b' });
    expect(set).toMatchObject({ held: false, remainingMs: 0 });
    expect(() => set.assertHeld()).toThrow(LockLostError);
    expect(one.heldCount).toBe(2);
    await close(all);
  });

  /** A mutex that was released, with one process in its queue that is there no more. */
  async function deserted(resource: string, way: 'p' | 'n', silentForMs: number): Promise<void> {
    const [seconds = '0'] = (await context.admin('TIME')) as string[];
    const nowMs = Number(seconds) * 1000;
    const waiter = `gone-0001token-1${way}${nowMs + silentForMs}${nowMs - 1000}`;
    await context.admin('SET', keyOf(resource), `5:0:holder-01token-1::${waiter}`, 'PX', 60_000);
  }

  it('trap 3: who wants several passes on dead waiters, as who wants one does', async () => {
    const all = await processes(1);
    const [one] = all as [Locks];
    // One that a push does not reach, one that fell silent, and one whose push cannot be counted.
    await deserted('a', 'p', 15_000);
    await deserted('b', 'n', -1);
    const set = lockOrThrow(await one.tryAcquireAll(names));
    expect(set.fenceOf('a')).toBeGreaterThan(5n);
    expect((await one.inspect('a')).waiting).toMatchObject([{ process: 'gone-0001' }]);
    expect((await one.inspect('b')).waiting).toEqual([]);
    await set.release();
    await context.admin('DEL', keyOf('a'));
    await deserted('a', 'n', 15_000);
    const refused = await one.tryAcquireAll(names);
    expect(refused).toMatchObject({ reason: 'held', holder: 'gone-0001', resource: 'a' });
    // Its claim runs out after a second, and nobody stands behind it.
    expect((await one.inspect('a')).waiting).toEqual([]);
    await context.admin('DEL', keyOf('a'));
    lockOrThrow(await one.tryAcquireAll(names));
    await close(all);
  });

  it('who wants several wakes the one who waits for a lease that ended in silence, and lets it go first', async () => {
    const all = await processes(3);
    const [one, two, three] = all as [Locks, Locks, Locks];
    await held(one.tryAcquire('b'));
    const waiting = two.acquire('b');
    await queued(one, 'b', 1);
    const state = String(await context.admin('GET', keyOf('b')));
    await context.admin('SET', keyOf('b'), state.replace(/^(\d+):\d+:/, '$1:1:'), 'PX', 60_000);
    expect(await three.tryAcquireAll(names)).toMatchObject({ reason: 'held', holder: two.id, resource: 'b' });
    (await held(waiting)).assertHeld();
    expect(three.heldCount).toBe(0);
    await close(all);
  });

  it('refuses lists that are none, before anything is sent; foreign data stays', async () => {
    const all = await processes(1);
    const [one] = all as [Locks];
    for (const bad of [[], ['a', 'a'], ['a', ''], 'ab', Array.from({ length: 101 }, (_, i) => `n${i}`)])
      await expect(one.tryAcquireAll(bad as never)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(await context.admin('EXISTS', keyOf('a'))).toBe(0);
    await context.admin('SET', keyOf('c'), 'precious');
    await expect(one.acquireAll(names)).rejects.toThrow(LockKeyError);
    await expect(one.tryAcquireAll(names)).rejects.toMatchObject({ key: keyOf('c') });
    expect(await context.admin('GET', keyOf('c'))).toBe('precious');
    expect(one.heldCount).toBe(0);
    await context.admin('DEL', keyOf('c'));
    await close(all);
  });

  it('one leads; when its campaign ends the next in line follows, with a greater term', async () => {
    const all = await processes(3);
    const log: { readonly by: number; readonly term: bigint }[] = [];
    const endings = all.map(() => new AbortController());
    const campaigns = all.map((locks, i) =>
      locks.campaign('office', {
        signal: (endings[i] as AbortController).signal,
        async onElected({ term, signal, lock }) {
          lock.assertHeld();
          log.push({ by: i, term });
          await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        },
      }),
    );
    for (let turn = 1; turn <= 3; turn++) {
      await eventually(`leader ${turn}`, () => log.length === turn);
      const leader = log.at(-1)?.by ?? -1;
      endings[leader]?.abort();
      await campaigns[leader];
    }
    expect(new Set(log.map(({ by }) => by)).size).toBe(3);
    expect(log.map(({ term }) => term)).toEqual(log.map(({ term }) => term).sort((a, b) => (a < b ? -1 : 1)));
    await close(all);
  });

  it('a leader that returns lines up again; one that throws ends its campaign and hands over', async () => {
    const all = await processes(2);
    const [one, two] = all as [Locks, Locks];
    const ending = new AbortController();
    let terms = 0;
    const returning = one.campaign('office', {
      signal: ending.signal,
      onElected: () => {
        if (++terms === 3) ending.abort();
      },
    });
    await eventually('it led three times', async () => {
      await context.advance(5);
      return terms === 3;
    });
    await returning;
    const failure = new Error('of the leader');
    const throwing = two.campaign('office', {
      signal: new AbortController().signal,
      onElected: () => Promise.reject(failure),
    });
    await expect(throwing).rejects.toBe(failure);
    expect((await one.tryAcquire('office')).ok).toBe(true);
    const shut = two.campaign('office', { signal: new AbortController().signal, onElected: () => undefined });
    await queued(one, 'office', 1);
    await two.shutdown();
    expect(await shut).toBeUndefined();
    await expect(one.campaign('office', { signal: {} } as never)).rejects.toThrow(/must be/);
    await expect(
      two.campaign('office', { signal: new AbortController().signal, onElected: () => undefined }),
    ).rejects.toMatchObject({ code: 'CLOSED' });
    await close(all);
  });

  it('a leader whose locks are shut down is told, and its campaign ends as by its signal', async () => {
    const all = await processes(2);
    const [one, two] = all as [Locks, Locks];
    let leading = 0;
    const reasons: unknown[] = [];
    const led = one.campaign('office', {
      signal: new AbortController().signal,
      async onElected({ signal }) {
        leading++;
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        reasons.push(signal.reason);
      },
    });
    await eventually('it leads', () => leading === 1);
    // At once, whatever the grace: that is for handing over.
    await one.shutdown({ graceMs: 600_000 });
    expect(await led).toBeUndefined();
    expect(reasons).toMatchObject([{ code: 'CLOSED' }]);
    expect(leading).toBe(1);
    expect((await two.tryAcquire('office')).ok).toBe(true);
    await close(all);
  });

  it('re-entrant: withLock inside of withLock runs under the same lock, which the outermost releases', async () => {
    const all = await processes(2, { reentrant: true });
    const [one, two] = all as [Locks, Locks];
    const outcome = await one.withLock('a', (outer) =>
      one.withLock('a', async (inner) => {
        expect(inner.fence).toBe(outer.fence);
        expect(await inner.release()).toBe('released');
        inner.assertHeld();
        const ignored = (options: object) => one.withLock('a', () => 'ran', options as never);
        await expect(ignored({ waitMs: -1 })).rejects.toMatchObject({ argument: 'waitMs' });
        expect(await ignored({ signal: AbortSignal.abort('no') })).toMatchObject({
          reason: 'aborted',
          error: 'no',
        });
        expect(await two.tryAcquire('a')).toMatchObject({ ok: false });
        return one.withLock('b', () => one.withLock('a', ({ fence }) => fence === outer.fence));
      }),
    );
    expect(outcome).toMatchObject({ ok: true, heldThroughout: true });
    expect((await two.tryAcquire('a')).ok).toBe(true);
    await close(all);
  });

  it('re-entrant for the chain of calls alone: another chain of the same process waits', async () => {
    const all = await processes(1, { reentrant: true });
    const [one] = all as [Locks];
    let inside = 0;
    const work = Array.from({ length: 5 }, () =>
      one.withLock('a', async () => {
        expect(++inside).toBe(1);
        await one.withLock('a', () => new Promise<void>((resolve) => setImmediate(resolve)));
        inside--;
      }),
    );
    await Promise.all(work);
    // What goes on after the release has no lock to run under: it acquires anew.
    let later: Promise<unknown> = Promise.resolve();
    await one.withLock('a', async ({ fence }) => {
      later = (async () => {
        await eventually('it is released', () => one.heldCount === 0);
        return one.withLock('a', (lock) => lock.fence > fence);
      })();
    });
    expect(await later).toMatchObject({ ok: true, value: true });
    await close(all);
  });
}
