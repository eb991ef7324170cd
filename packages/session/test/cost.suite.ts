import type { Driver } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createWebSessions } from '../src/web.js';
import { live, member, secretA, secretB, shopSessions, tokenOf, visitor } from './sample.js';

/** What sessions cost a server, in commands. */
export function costSuite(context: MatrixContext): void {
  const writes = (calls: Readonly<Record<string, number>>): number =>
    (calls.hset ?? 0) + (calls.pexpireat ?? 0) + (calls.set ?? 0);

  it('a read-only request is 1 command and no write; 10 of them are 10, and still no write', async () => {
    const sessions = shopSessions(await context.driver());
    const web = createWebSessions(sessions);
    const session = await member(sessions);
    const visit = () => {
      const request = new Request('https://shop.test/', {
        headers: { cookie: `__Host-session=${tokenOf(session)}` },
      });
      return web.handle(request, ({ user }) => new Response(user));
    };
    await visit();
    const one = await context.counts(visit);
    expect(one.calls).toEqual({ evalsha: 1, time: 1, hgetall: 1, hexists: 1 });
    expect(one.roundTrips).toBe(context.column.memory ? undefined : 1);
    const ten = (
      await context.counts(async () => {
        for (let i = 0; i < 10; i++) await visit();
      })
    ).calls;
    expect(ten).toEqual({ evalsha: 10, time: 10, hgetall: 10, hexists: 10 });
    expect(writes(ten)).toBe(0);
  });

  it('of 10 uses one after another, one is written when the interval passed', async () => {
    const sessions = shopSessions(await context.driver(), { touchAfterMs: 90 });
    const token = tokenOf(await visitor(sessions));
    live(await sessions.load(token));
    await context.advance(100);
    const { calls } = await context.counts(async () => {
      for (let i = 0; i < 10; i++) await sessions.load(token);
    });
    // On a slow machine 10 loads may take longer than the interval; each further one is a write.
    expect(calls).toMatchObject({ evalsha: 10 });
    expect(calls.pexpireat).toBeGreaterThanOrEqual(1);
    if (context.column.memory) expect(calls.pexpireat).toBe(1);
  });

  const warmed = context.where(
    context.column.topology !== 'cluster',
    'a node that does not know a script yet costs one command more',
  );
  const scripts = async (run: () => Promise<unknown>): Promise<number> => {
    const { calls } = await context.counts(run);
    return (calls.evalsha ?? 0) + (calls.eval ?? 0);
  };
  const both = { secrets: [secretB, secretA] };
  /** Loads every script: an unknown one costs a second command, once. */
  async function warmUp(driver: Driver): Promise<void> {
    const warm = await visitor(shopSessions(driver, { keepEndedMs: 1 }));
    warm.set('count', 1);
    await warm.save();
    await warm.login('bob');
    await warm.regenerate();
    const moved = live(await shopSessions(driver, both).load(tokenOf(warm)));
    await moved.regenerate();
    await moved.revokeOthers();
    await moved.destroy();
    await shopSessions(driver).list('bob');
    await shopSessions(driver).revokeAll('bob');
  }

  warmed(
    'what a login costs: 1, 2 of a stored session, 3 to another slot of a user, and 1 more to save or to note an end',
    async () => {
      const driver = await context.driver();
      await warmUp(driver);
      const sessions = shopSessions(driver);
      expect(await scripts(() => sessions.start().login('ann'))).toBe(1);
      const session = await visitor(sessions);
      expect(await scripts(() => session.login('ann'))).toBe(2);
      expect(await scripts(() => session.login('ann'))).toBe(2);
      expect(await scripts(() => session.login('bob'))).toBe(3);
      session.set('count', 2);
      expect(await scripts(() => session.login('bob'))).toBe(3);
      const renewed = live(await shopSessions(driver, both).load(tokenOf(session)));
      expect(await scripts(() => renewed.renew())).toBe(3);
      const keeping = shopSessions(driver, { keepEndedMs: '1h' });
      expect(await scripts(() => keeping.start().login('ann'))).toBe(2);
      const kept = await visitor(keeping);
      expect(await scripts(() => kept.login('ann'))).toBe(3);
      expect(await scripts(() => kept.regenerate())).toBe(2);
    },
  );

  warmed(
    'what is asked of all sessions of a user: 1 for the secret, with 2 secrets 2 to list, 3 to end',
    async () => {
      const driver = await context.driver();
      await warmUp(driver);
      const [one, two] = [shopSessions(driver), shopSessions(driver, both)];
      const mine = await member(two);
      expect(await scripts(() => one.list('ann'))).toBe(1);
      expect(await scripts(() => one.revokeAll('ann'))).toBe(1);
      expect(await scripts(() => two.list('ann'))).toBe(2);
      expect(await scripts(() => mine.revokeOthers())).toBe(3);
      expect(await scripts(() => two.revokeAll('ann'))).toBe(3);
      const other = await member(one);
      expect(await scripts(() => other.revokeOthers())).toBe(1);
    },
  );

  warmed('saving is 1 command, saving nothing none; a rotation 1, a logout 1', async () => {
    const driver = await context.driver();
    await warmUp(driver);
    const session = await member(shopSessions(driver));
    session.set('count', 1);
    expect(await scripts(() => session.save())).toBe(1);
    expect(await scripts(() => session.save())).toBe(0);
    expect(await scripts(() => session.regenerate())).toBe(1);
    expect(await scripts(() => session.destroy())).toBe(1);
  });
}
