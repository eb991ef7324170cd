import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Driver } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { expect } from 'vitest';
import { createBetterAuthStorage } from '../src/better-auth.js';
import { createFastifySessionStore } from '../src/fastify-session.js';
import { secretA, secretB } from './sample.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
/** What the README grants, and what it grants besides for these stores. */
const [, own = '', besides = ''] =
  /ACL: `([^`]+)`; the stores for other frameworks besides `([^`]+)`/.exec(readme) ?? [];

/** That the stores for other frameworks need no more rights than the README says, and those. */
export function rightsSuite(context: MatrixContext): void {
  const single = context.where(
    !context.column.memory && context.column.topology === 'single',
    'the memory engine and clusters of tests have one user',
  );
  const secrets = [secretB, secretA];

  async function as(rights: string): Promise<Driver> {
    const credentials = { username: 'store', password: 'secret' };
    const drivers = ['+@connection', '+info', '+command'];
    await context.admin(
      'ACL',
      'SETUSER',
      'store',
      'reset',
      'on',
      '>secret',
      ...rights.split(' '),
      ...drivers,
    );
    return context.driver({ credentials });
  }

  single(
    'the stores of express-session, @fastify/session and better-auth need no more rights than the README says',
    async () => {
      expect(besides).toMatch(/^\+/);
      const driver = await as(`${own} ${besides}`);
      const store = createFastifySessionStore(driver, { secrets, touchAfterMs: 0 });
      const set = promisify<string, object, void>(store.set as never);
      const session = { cookie: { originalMaxAge: 60_000 }, n: 1, gone: 2 };
      await set('one', session);
      await set('one', { cookie: { originalMaxAge: 90_000 }, n: 2 });
      const loaded = (await promisify(store.get)('one')) as unknown as typeof session;
      expect(loaded).toMatchObject({ n: 2 });
      loaded.n = 3;
      await set('one', loaded);
      await promisify<string, object, void>(store.touch as never)('one', loaded);
      expect(await promisify(store.length as never)()).toBe(1);
      expect(await promisify(store.ids as never)()).toHaveLength(1);
      expect(await promisify(store.all as never)()).toHaveLength(1);
      await promisify<string, void>(store.destroy as never)('one');
      await promisify(store.clear as never)();

      const storage = createBetterAuthStorage(driver, { secrets });
      const record = JSON.stringify({ session: { token: 't', userId: 'u' }, user: {} });
      await storage.set('t', record, 60);
      await storage.set(
        'active-sessions-u',
        JSON.stringify([{ token: 't', expiresAt: Date.now() + 60_000 }]),
        60,
      );
      expect(await storage.get('active-sessions-u')).toContain('"t"');
      await storage.delete('t');
      await storage.set('v', 'value', 60);
      expect(await storage.getAndDelete('v')).toBe('value');
      expect(await storage.increment('n', 60)).toBe(1);
      expect(await storage.get('active-sessions-u')).toBeNull();
      await context.admin('ACL', 'DELUSER', 'store');
    },
  );

  single('and those besides are needed: without them counting is refused', async () => {
    const driver = await as(own);
    const store = createFastifySessionStore(driver, { secrets });
    await expect(promisify(store.length as never)()).rejects.toMatchObject({
      message: /NOPERM|can't run|permission/,
    });
    const storage = createBetterAuthStorage(driver, { secrets });
    await expect(storage.increment('n', 60)).rejects.toMatchObject({
      message: /NOPERM|can't run|permission/,
    });
    await context.admin('ACL', 'DELUSER', 'store');
  });
}
