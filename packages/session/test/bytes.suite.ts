import { promisify } from 'node:util';
import type { MatrixContext } from '@penknife/matrix';
import { expect } from 'vitest';
import { createFastifySessionStore } from '../src/fastify-session.js';
import type { DeviceInfo } from '../src/index.js';
import { createKeyRing } from '../src/key-ring.js';
import { keyOf, secretA, shopSessions, userKeyOf } from './sample.js';

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
  const onServer = context.where(
    !context.column.memory && context.column.topology === 'single',
    'bytes are those of one real server',
  );
  const bytesAt = async (key: string): Promise<number> =>
    Number(await context.admin('MEMORY', 'USAGE', key, 'SAMPLES', 0));

  onServer(
    'a session against its JSON in a string; with its place on the list of its user; with its device',
    async () => {
      const sessions = shopSessions(await context.driver());
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
      const long = sessions.start();
      long.set('cart', Array(10).fill('a book of some pages'));
      long.set('count', data.n);
      await long.save();
      const longJson = JSON.stringify({ cookie, cart: long.get('cart'), n: data.n });
      await context.admin('SET', `sess:${'1'.repeat(32)}`, longJson, 'PX', 60_000);
      // As a store of JSON keeps what a list of devices shows: in the session.
      const device = { address: '10.0.0.1', agent: 'Mozilla/5.0 (X11; Linux x86_64)' };
      await context.admin(
        'SET',
        `sess:${'2'.repeat(32)}`,
        JSON.stringify({ cookie, ...data, device }),
        'PX',
        60_000,
      );
      // What the server keeps in one piece is its operator's choice.
      const longest = (await context.admin('CONFIG', 'GET', 'hash-max-listpack-value')) as string[];
      await context.admin('CONFIG', 'SET', 'hash-max-listpack-value', 512);
      const packed = sessions.start();
      packed.set('cart', long.get('cart') ?? []);
      packed.set('count', data.n);
      await packed.save();
      await context.admin('CONFIG', 'SET', 'hash-max-listpack-value', longest[1] ?? '64');
      const figures = {
        text: json.length,
        string,
        describedString: await bytesAt(`sess:${'2'.repeat(32)}`),
        packed: await bytesAt(keyOf(packed)),
        anonymous: await bytesAt(keyOf(anonymous)),
        longString: await bytesAt(`sess:${'1'.repeat(32)}`),
        long: await bytesAt(keyOf(long)),
        listed: await listed('ann', {}),
        described: await listed('bob', device),
      };
      // The comparison that the documentation quotes.
      if (process.env.SHOW_FIGURES) console.info(JSON.stringify(figures));
      expect(figures.anonymous / string).toBeLessThan(1);
      expect(figures.listed / string).toBeLessThan(1.3);
      expect(figures.described / figures.describedString).toBeLessThan(1.3);
      expect(figures.packed / figures.longString).toBeLessThan(1.3);
    },
  );

  onServer(
    "a session of a framework's store with its place in the index against its JSON in a string",
    async () => {
      const store = createFastifySessionStore(await context.driver(), { secrets: [secretA] });
      const ring = createKeyRing([secretA]);
      // As many in one shard as there are of 40 000 sessions.
      const ids: string[] = [];
      for (let i = 0; ids.length < 40; i++) {
        if (ring.placesOf(`id-${i}`, 1024)[0].tag === '7') ids.push(`id-${i}`);
      }
      const set = promisify<string, object, void>(store.set as never);
      const expires = new Date(Date.now() + cookie.originalMaxAge).toISOString();
      for (const id of ids) await set(id, { cookie: { ...cookie, expires }, ...data });
      const [{ tag, entry }] = ring.placesOf(ids[0] ?? '', 1024);
      await context.admin('SET', `sess:${'0'.repeat(32)}`, json, 'PX', 60_000);
      const figures = {
        string: await bytesAt(`sess:${'0'.repeat(32)}`),
        session: await bytesAt(`pk:ses1:f:{${tag}}:${entry}`),
        index: (await bytesAt(`pk:ses1:ids:{${tag}}`)) / ids.length,
      };
      if (process.env.SHOW_FIGURES) console.info(JSON.stringify(figures));
      expect((figures.session + figures.index) / figures.string).toBeLessThan(1.3);
    },
  );
}
