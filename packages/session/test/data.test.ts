import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type Driver, jsonCodec, type StandardSchema, seal } from '@penknife/core';
import { createMemoryDriver } from '@penknife/driver-memory';
import { expect, it } from 'vitest';
import { createSessions, type SessionOptions, type Sessions } from '../src/index.js';
import { live, secretA, tokenOf } from './sample.js';

type Old = { readonly name?: string };
type New = { readonly first?: string; readonly count?: number };

/** A schema by hand, as any library of the standard gives. */
const schema: StandardSchema<unknown, New> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate(value) {
      const { first, count, ...rest } = value as Record<string, unknown>;
      const issues = [];
      if (first !== undefined && typeof first !== 'string') issues.push({ message: 'text', path: ['first'] });
      if (count !== undefined && typeof count !== 'number')
        issues.push({ message: 'number', path: ['count'] });
      for (const name of Object.keys(rest)) issues.push({ message: 'unknown', path: [name] });
      return issues.length > 0 ? { issues } : { value: value as New };
    },
  },
};

const today = (driver: Driver, options: Partial<SessionOptions<New>> = {}): Sessions<New> =>
  createSessions<New>(driver, { secrets: [secretA], schema, ...options });

it('refuses to save what does not fit the schema, before anything is sent', async () => {
  const driver = createMemoryDriver();
  const session = today(driver).start();
  session.set('count', 'many' as never);
  await expect(session.save()).rejects.toMatchObject({ code: 'SCHEMA', message: /count/ });
  await expect(session.login('ann')).rejects.toMatchObject({ code: 'SCHEMA' });
  session.set('count', 3);
  expect(await session.save()).toEqual({ ok: true });
});

it('trap 15: data, a version, a codec or a layout that this program does not know is no session, and no error', async () => {
  const driver = createMemoryDriver();
  const sessions = today(driver);
  const set = (key: string, field: string, value: string) =>
    driver.send({ args: ['HSET', key, field, value], key, read: () => undefined });
  // Everything but the marker as it should be.
  const times = `1 ${Math.floor(driver.clock.now())} 600000 0 0`;
  const cases: readonly (readonly [string, string])[] = [
    ['.count', '"many"'],
    ['.first', '{"broken'],
    ['.first', seal(jsonCodec, 'x') as string],
    ['.__proto__', '{"admin":true}'],
    ['.other', '1'],
    ...['L1c1', 'L1j2', 'L1j', 'L1jx', 'L2j1', 'X1', 'P1'].map(
      (marker) => ['@', `${marker} ${times}`] as const,
    ),
    ['@', 'L1j1'],
    ['@', `L1j1 ${times} 0`],
    ['@', 'L1j1 1 x 600000 0 0'],
    ['@', ''],
    ['s', 'x'],
  ];
  for (const [field, value] of cases) {
    const session = sessions.start();
    session.set('count', 1);
    await session.save();
    const key = `pk:ses1:s:{${session.publicId.slice(0, 16)}}:${session.publicId.slice(16)}`;
    await set(key, field, value);
    expect(await sessions.load(tokenOf(session)), `${field} ${value}`).toEqual({
      ok: false,
      reason: 'unreadable',
    });
  }
});

it('trap 15: a migration that throws makes no session, and no error but a report', async () => {
  const driver = createMemoryDriver();
  const made = createSessions<Old>(driver, { secrets: [secretA] }).start();
  made.set('name', 'Ann');
  await made.save();
  const reported: unknown[] = [];
  const note = (message: unknown): void => void reported.push(message);
  subscribe('penknife:listener.error', note);
  for (const result of [null, 5] as const) {
    const odd = today(driver, { version: 2, migrate: () => result as never });
    expect(await odd.load(tokenOf(made))).toEqual({ ok: false, reason: 'unreadable' });
  }
  const throwing = today(driver, {
    version: 2,
    migrate() {
      throw new TypeError('of the migration');
    },
  });
  expect(await throwing.load(tokenOf(made))).toEqual({ ok: false, reason: 'unreadable' });
  unsubscribe('penknife:listener.error', note);
  expect(reported).toEqual([{ error: expect.objectContaining({ message: 'of the migration' }) }]);
});

it('trap 15: what a migration gives that could not be stored makes no session, and harms none', async () => {
  const driver = createMemoryDriver();
  const made = createSessions<Old>(driver, { secrets: [secretA] }).start();
  made.set('name', 'Ann');
  await made.save();
  const odd: readonly unknown[] = [[1], { 'bad name': 1 }, JSON.parse('{"__proto__":1}'), { n: 1n }];
  for (const result of odd) {
    const sessions = today(driver, { version: 2, migrate: () => result as never });
    expect(await sessions.load(tokenOf(made))).toEqual({ ok: false, reason: 'unreadable' });
  }
  const sessions = today(driver, { version: 2, migrate: () => ({ first: 'Ann' }) });
  expect(live(await sessions.load(tokenOf(made))).data).toEqual({ first: 'Ann' });
});

it('trap 15: an older version is migrated when loaded, written by the next save, and closed to older writers', async () => {
  const driver = createMemoryDriver();
  const old = createSessions<Old>(driver, { secrets: [secretA] });
  const made = old.start();
  made.set('name', 'Ann');
  await made.save();
  const token = tokenOf(made);
  const late = live(await old.load(token));
  const sessions = today(driver, {
    version: 2,
    migrate: (data, from) => (from === 1 ? { first: String(data.name) } : undefined),
  });
  expect(await today(driver, { version: 2 }).load(token)).toEqual({ ok: false, reason: 'unreadable' });
  const session = live(await sessions.load(token));
  expect(session.data).toEqual({ first: 'Ann' });
  expect(session.changed).toBe(true);
  session.set('count', 1);
  expect(await session.save()).toEqual({ ok: true });
  expect(session.changed).toBe(false);
  late.set('name', 'Bob');
  expect(await late.save()).toEqual({ ok: false, reason: 'superseded' });
  expect(await old.load(token)).toEqual({ ok: false, reason: 'unreadable' });
  expect(live(await sessions.load(token)).data).toEqual({ first: 'Ann', count: 1 });
});

it('trap 10: a request that lasts sees what others changed, keeps its own changes, and learns of the end', async () => {
  const driver = createMemoryDriver();
  const sessions = today(driver);
  const made = sessions.start();
  made.set('first', 'Ann');
  await made.save();
  const [stream, other] = [
    live(await sessions.load(tokenOf(made))),
    live(await sessions.load(tokenOf(made))),
  ];
  stream.set('count', 5);
  other.set('first', 'Bea');
  await other.save();
  expect(await stream.refresh()).toBe(true);
  expect(stream.data).toEqual({ first: 'Bea', count: 5 });
  await other.destroy();
  expect(await stream.refresh()).toBe(false);
  expect(stream.state).toBe('over');
  expect(() => stream.set('count', 6)).toThrow(expect.objectContaining({ code: 'SESSION_STATE' }));
  expect(await stream.save()).toEqual({ ok: false, reason: 'revoked' });
});

it('trap 1: a condition that was not met holds for who repeats it, not for who then changes the field without one', async () => {
  const driver = createMemoryDriver();
  const sessions = today(driver);
  const made = sessions.start();
  made.set('count', 1);
  await made.save();
  const [mine, other] = [live(await sessions.load(tokenOf(made))), live(await sessions.load(tokenOf(made)))];
  other.set('count', 2);
  await other.save();
  const conflict = { ok: false, reason: 'conflict', fields: ['count'] };
  mine.set('count', 3, { onlyIfUnchanged: true });
  expect(await mine.save()).toEqual(conflict);
  mine.set('count', 4, { onlyIfUnchanged: true });
  expect(await mine.save()).toEqual(conflict);
  mine.set('count', 5);
  expect(await mine.save()).toEqual({ ok: true });
  expect(live(await sessions.load(tokenOf(made))).data).toEqual({ count: 5 });
});
