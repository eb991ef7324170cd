import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createLocks, NotAcknowledgedError } from '../src/index.js';
import { eventually, held } from './eventually.js';

/** Grants that count only once replicas have them: a cluster's primaries have one each, a single server has none. */
export function acknowledgedSuite(context: MatrixContext): void {
  const ack = { replicas: 1, timeoutMs: 50 };
  const names = ['a', 'b', 'c'];
  const hasReplicas = context.column.topology === 'cluster' && !context.column.memory;
  const replicated = context.where(hasReplicas, 'a single server and the memory engine have no replica');
  const alone = context.where(!hasReplicas, 'a cluster has replicas');

  /** Lets time pass until it is over: on memory none passes by itself. */
  async function meanwhile<T>(act: Promise<T>): Promise<T> {
    let over = false;
    const end = (): void => {
      over = true;
    };
    act.then(end, end);
    await eventually('it is over', async () => {
      await context.advance(1);
      return over;
    });
    return act;
  }

  replicated('a grant and its extensions are acknowledged by a replica', async () => {
    const patient = { replicas: 1, timeoutMs: 9000 };
    const [one, two] = [
      createLocks(await context.driver(), { ack: patient }),
      createLocks(await context.driver(), { ack: patient }),
    ];
    const lock = await held(one.tryAcquire('a'));
    expect(await lock.extend()).toBe('extended');
    const waiting = two.acquire('a');
    await eventually('it waits', async () => (await one.inspect('a')).waiting.length === 1);
    expect(await lock.release()).toBe('released');
    const next = await held(waiting);
    expect(next.fence).toBeGreaterThan(lock.fence);
    const set = await one.tryAcquireAll(['b', 'c']);
    expect(set.ok).toBe(true);
    await Promise.all([one.close(), two.close()]);
  });

  alone(
    'trap 12: a grant that too few replicas acknowledged is given back, and nothing is left of it',
    async () => {
      const [one, two] = [createLocks(await context.driver(), { ack }), createLocks(await context.driver())];
      const outcome = await meanwhile(one.tryAcquire('a'));
      expect(outcome).toMatchObject({ ok: false, reason: 'unavailable' });
      const error = outcome.ok ? undefined : Reflect.get(outcome, 'error');
      expect(error).toBeInstanceOf(NotAcknowledgedError);
      expect(error).toMatchObject({ wanted: 1, acknowledged: 0 });
      await eventually('it was given back', async () => (await two.inspect('a')).holder === undefined);
      expect(await meanwhile(one.acquire('a', { waitMs: 60 }))).toMatchObject({
        ok: false,
        reason: 'unavailable',
      });
      // Of others: the grant of a wait that is over may not be given back yet (`silence.test.ts`).
      expect(await meanwhile(one.tryAcquireAll(['b', 'c']))).toMatchObject({
        ok: false,
        reason: 'unavailable',
      });
      expect(one.heldCount).toBe(0);
      // A WAIT that is still under way ends by the clock, and after it what it waited for is given back.
      await meanwhile(one.close());
      await eventually('all was given back', async () => {
        const seen = await Promise.all(names.map((name) => two.inspect(name)));
        return seen.every(({ holder, waiting }) => holder === undefined && waiting.length === 0);
      });
      await two.close();
    },
  );

  it('refuses acknowledgements that cannot be', async () => {
    const driver = await context.driver();
    for (const bad of [
      { replicas: 0, timeoutMs: 50 },
      { replicas: 1.5, timeoutMs: 50 },
      { replicas: 1, timeoutMs: 0 },
      { replicas: 1, timeoutMs: 20_000 },
    ])
      expect(() => createLocks(driver, { ack: bad, ttl: '30s' }), JSON.stringify(bad)).toThrow(/ack\./);
    expect(() => createLocks(driver, { reentrant: 1 } as never)).toThrow(/reentrant/);
  });
}
