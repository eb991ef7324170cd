import type { Driver, StandardSchema } from '@penknife/core';
import { describe, expectTypeOf, it } from 'vitest';
import { createFastifySessions } from '../src/fastify.js';
import { createSessions, type Gone, type Session, type SessionData } from '../src/index.js';
import { createWebSessions } from '../src/web.js';

declare const driver: Driver;
declare const schema: StandardSchema<unknown, { cart?: string[]; count?: number }>;
const secrets = [{ id: 'a', secret: '' }];
const sessions = createSessions(driver, { secrets, schema });
const session = sessions.start();

describe('types', () => {
  it('the schema types the fields', () => {
    expectTypeOf(session.get('cart')).toEqualTypeOf<string[] | undefined>();
    session.set('count', 1);
    // @ts-expect-error another type
    session.set('count', '1');
    // @ts-expect-error no such field
    session.get('basket');
    // @ts-expect-error a field is removed by delete()
    session.set('count', undefined);
    expectTypeOf(createSessions(driver, { secrets }).start()).toEqualTypeOf<Session<SessionData>>();
  });

  it('a load guides by `ok`, a save by `reason`', async () => {
    const found = await sessions.load('');
    // @ts-expect-error there is no session before `ok` was looked at
    found.session;
    if (found.ok) expectTypeOf(found.session).toEqualTypeOf<typeof session>();
    else expectTypeOf(found.reason).toEqualTypeOf<Gone | 'not-ours' | 'replayed'>();
    const saved = await session.save();
    if (!saved.ok && saved.reason === 'conflict')
      expectTypeOf(saved.fields).toEqualTypeOf<readonly string[]>();
    const login = await session.login('ann');
    if (!login.ok) expectTypeOf(login.reason).toEqualTypeOf<Gone | 'conflict' | 'full'>();
  });

  it('secrets are demanded, durations checked, adapters carry the type', () => {
    // @ts-expect-error no secrets
    createSessions(driver, {});
    // @ts-expect-error a unit is missing
    createSessions(driver, { secrets, idleMs: '30' });
    expectTypeOf(createFastifySessions(sessions).sessionOf).returns.toEqualTypeOf<typeof session>();
    void createWebSessions(sessions).handle(new Request(''), (each) => {
      expectTypeOf(each).toEqualTypeOf<typeof session>();
      return new Response();
    });
  });
});
