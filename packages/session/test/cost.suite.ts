import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createWebSessions } from '../src/web.js';
import { live, member, shopSessions, tokenOf, visitor } from './sample.js';

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

  context.where(
    context.column.topology !== 'cluster',
    'a node that does not know a script yet costs one command more',
  )(
    'saving is 1 command, saving nothing none; a login from a stored session 2, a rotation 1, a logout 1',
    async () => {
      const sessions = shopSessions(await context.driver());
      const session = await visitor(sessions);
      const scripts = async (run: () => Promise<unknown>): Promise<number> => {
        const { calls } = await context.counts(run);
        return (calls.evalsha ?? 0) + (calls.eval ?? 0);
      };
      // Scripts are loaded first: an unknown one costs a second command, once.
      const warm = await visitor(sessions);
      warm.set('count', 1);
      await warm.save();
      await warm.login('bob');
      await warm.regenerate();
      await warm.destroy();
      session.set('count', 1);
      expect(await scripts(() => session.save())).toBe(1);
      expect(await scripts(() => session.save())).toBe(0);
      expect(await scripts(() => session.login('ann'))).toBe(2);
      expect(await scripts(() => session.regenerate())).toBe(1);
      expect(await scripts(() => session.destroy())).toBe(1);
    },
  );
}
