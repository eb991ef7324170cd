import type { MatrixContext } from '@penknife/matrix';
import { expect } from 'vitest';
import type { DeviceInfo } from '../src/index.js';
import { keyOf, shopSessions, userKeyOf } from './sample.js';

/** The session that is compared: as express-session and connect-redis write it, and what of it is data. */
const data = { user: { id: 4711, name: 'Ann Example', roles: ['shop'] }, n: 3 };
const cookie = {
  originalMaxAge: 86_400_000,
  expires: '2026-01-02T00:00:00.000Z',
  httpOnly: true,
  path: '/',
};
const json = JSON.stringify({ cookie, ...data });
/** Sessions of one user, as in the comparison by the list. */
const devices = 3;

/** What sessions cost a server, in bytes. */
export function bytesSuite(context: MatrixContext): void {
  context.where(
    !context.column.memory && context.column.topology === 'single',
    'bytes are those of one real server',
  )(
    'a session against its JSON in a string; with its place on the list of its user; with its device',
    async () => {
      const sessions = shopSessions(await context.driver());
      const bytesAt = async (key: string): Promise<number> =>
        Number(await context.admin('MEMORY', 'USAGE', key, 'SAMPLES', 0));
      const filled = () => {
        const session = sessions.start();
        session.set('theme', data.user as never);
        session.set('count', data.n);
        return session;
      };
      /** Bytes of one of a user's three sessions, with its third of the list. */
      const listed = async (user: string, device: DeviceInfo): Promise<number> => {
        let bytes = 0;
        for (let i = 0; i < devices; i++) {
          const session = filled();
          await session.login(user, device);
          bytes += await bytesAt(keyOf(session));
          if (i === devices - 1) bytes += await bytesAt(userKeyOf(session));
        }
        return Math.round(bytes / devices);
      };

      await context.admin('SET', `sess:${'0'.repeat(32)}`, json, 'PX', 60_000);
      const string = await bytesAt(`sess:${'0'.repeat(32)}`);
      const anonymous = filled();
      await anonymous.save();
      const figures = {
        text: json.length,
        string,
        anonymous: await bytesAt(keyOf(anonymous)),
        listed: await listed('ann', {}),
        described: await listed('bob', { address: '10.0.0.1', agent: 'Mozilla/5.0 (X11; Linux x86_64)' }),
      };
      // The comparison that the documentation quotes.
      if (process.env.SHOW_FIGURES) console.info(JSON.stringify(figures));
      expect(figures.anonymous / string).toBeLessThan(1);
      expect(figures.listed / string).toBeLessThan(1.3);
      expect(figures.described / string).toBeLessThan(1.9);
    },
  );
}
