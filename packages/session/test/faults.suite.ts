import type { MatrixContext } from '@penknife/matrix';
import { expect } from 'vitest';
import { createWebSessions } from '../src/web.js';
import { keyOf, live, member, shopSessions, tokenOf, visitor } from './sample.js';

/** What real servers do to sessions. On memory the same stories are told more exactly, with links that are held up. */
export function faultsSuite(context: MatrixContext): void {
  const real = context.where(!context.column.memory, 'there is no server to be frozen, cut or killed');
  const single = context.where(
    !context.column.memory && context.column.topology === 'single',
    'a killed primary of a cluster is replaced, with what it had',
  );

  real(
    'a frozen server: 503 within the deadline, no stranger, and the session is there after the thaw',
    async () => {
      const sessions = shopSessions(await context.driver());
      const session = await member(sessions);
      const soon = { deadlineMs: 60 };
      const web = createWebSessions(sessions);
      let ran = false;
      await context.faults.pause?.(keyOf(session));
      const headers = { cookie: `__Host-session=${tokenOf(session)}` };
      const request = new Request('https://shop.test/', { headers });
      const handler = (): Response => {
        ran = true;
        return new Response('');
      };
      const answer = await web.handle(request, handler, soon);
      expect([answer.status, answer.headers.get('set-cookie'), ran]).toEqual([503, null, false]);
      session.set('count', 1);
      await expect(session.save(soon)).rejects.toMatchObject({
        code: 'SESSION_UNAVAILABLE',
        statusCode: 503,
      });
      await context.faults.resume?.(keyOf(session));
      const calm = shopSessions(await context.driver());
      expect(live(await calm.load(tokenOf(session))).user).toBe('ann');
    },
  );

  real(
    'cut connections: who only reads does not notice, and what is saved is saved once or told as maybe',
    async () => {
      const driver = await context.driver();
      const sessions = shopSessions(driver);
      const made = await visitor(sessions);
      const token = tokenOf(made);
      const saves: Promise<unknown>[] = [];
      let acknowledged = 0;
      /** Resolves when a connection to the session's server is gone: that of nobody who is not cut. */
      const cut = async (): Promise<void> => {
        const { lost } = await driver.openLane({ key: keyOf(made) });
        const gone = new Promise((resolve) => lost.addEventListener('abort', resolve, { once: true }));
        await context.faults.cutConnections?.();
        if (!lost.aborted) await gone;
      };
      for (let i = 0; i < 20; i++) {
        const session = live(await sessions.load(token));
        session.set(`n${i}`, i);
        const save = session.save().then(
          () => acknowledged++,
          (error: unknown) => expect(error).toMatchObject({ code: 'SESSION_UNAVAILABLE' }),
        );
        saves.push(save);
        // With the save on its way.
        if (i % 5 === 4) await cut();
      }
      await Promise.all(saves);
      const kept = Object.keys(live(await sessions.load(token)).data).length - 1;
      expect(kept).toBeGreaterThanOrEqual(acknowledged);
    },
  );

  real('SCRIPT FLUSH is not noticed', async () => {
    const sessions = shopSessions(await context.driver());
    const session = await visitor(sessions);
    for (const act of [() => session.save(), () => session.login('ann'), () => session.regenerate()]) {
      session.set('count', 1);
      const { calls } = await context.counts(async () => {
        await context.admin('SCRIPT', 'FLUSH');
        expect(await act()).toEqual({ ok: true });
      });
      // It was flushed: the text was sent again.
      if (context.column.topology === 'single') expect(calls.eval).toBeGreaterThan(0);
    }
    await context.admin('SCRIPT', 'FLUSH');
    expect(live(await sessions.load(tokenOf(session))).data).toEqual({ cart: ['book'], count: 1 });
  });

  single(
    'a server that restarts without its data: everybody is logged out, nobody is somebody else',
    async () => {
      const sessions = shopSessions(await context.driver());
      const session = await member(sessions);
      await context.faults.kill?.(keyOf(session));
      const late = sessions.load(tokenOf(session), { deadlineMs: 50 });
      await expect(late).rejects.toMatchObject({ code: 'SESSION_UNAVAILABLE', statusCode: 503 });
      await context.faults.restart?.(keyOf(session));
      expect(await sessions.load(tokenOf(session))).toEqual({ ok: false, reason: 'ended' });
      session.set('count', 1);
      expect(await session.save()).toEqual({ ok: false, reason: 'ended' });
      expect(await sessions.list('ann')).toEqual([]);
      await member(sessions);
      expect(await sessions.list('ann')).toHaveLength(1);
    },
  );
}
