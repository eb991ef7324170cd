import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { createNodeRedisDriver } from '@penknife/driver-node-redis';
import { createSessions, type FrameworkStore, type Session, type Sessions } from '@penknife/session';
import { createExpressSessionStore } from '@penknife/session/express-session';
import { createClient } from 'redis';
import type { BenchContext } from '../../case.js';

/** The session that is compared: what of it is data. */
const data: Readonly<Record<string, unknown>> = {
  user: { id: 4711, name: 'Ann Example', roles: ['shop'] },
  n: 3,
};
const idleMs = 30 * 60_000;
const secrets = [{ id: 'a', secret: 'for measuring only, and 32 bytes long' }];

/** One request's hold on a session. */
export interface Held {
  /** Changes one field and saves. False when the store says that it did not. */
  save(field: string, value: unknown): Promise<boolean>;
}

/** What every store can do, in the same words. */
export interface MeasuredStore {
  readonly name: string;
  readonly guarantees: string;
  /** Makes a session with the data; resolves to what leads to it. */
  create(): Promise<string>;
  /** What a request that only reads does. */
  read(id: string): Promise<unknown>;
  load(id: string): Promise<Held | null>;
  /** The fields that stand there; null when there is no session. */
  fields(id: string): Promise<Readonly<Record<string, unknown>> | null>;
  end(id: string): Promise<void>;
  close(): Promise<void>;
}

/** Ids are counted over all stores: several of them may be of one kind, on one server. */
let created = 0;

type Kept = Record<string, unknown>;

/** Ours, with what else a case needs. */
export function penknife(
  { server }: BenchContext,
  options: { readonly maxSessions?: number } = {},
): MeasuredStore & { readonly sessions: Sessions<Kept> } {
  const client = createClient({ url: server.url });
  const driver = createNodeRedisDriver(client);
  const sessions = createSessions<Kept>(driver, { secrets, idleMs, ...options });
  const live = async (id: string): Promise<Session<Kept> | null> => {
    const found = await sessions.load(id);
    return found.ok ? found.session : null;
  };
  return {
    sessions,
    name: 'penknife',
    guarantees: 'changed fields merge, logout is final, ids hashed at rest, a user’s devices listed',
    async create() {
      const session = sessions.start();
      for (const [field, value] of Object.entries(data)) session.set(field, value as never);
      await session.save();
      return session.token ?? '';
    },
    read: (id) => sessions.load(id),
    async load(id) {
      const session = await live(id);
      if (session === null) return null;
      return {
        async save(field, value) {
          session.set(field, value as never);
          return (await session.save()).ok;
        },
      };
    },
    fields: async (id) => (await live(id))?.data ?? null,
    async end(id) {
      await (await live(id))?.destroy();
    },
    close: () => driver.close(),
  };
}

/** What is used of connect-redis and of express-session. */
interface ConnectRedisModule {
  readonly RedisStore: new (options: object) => FrameworkStore;
}
interface ExpressSessionModule {
  readonly default: { readonly Store: abstract new () => object };
}

const cookie = () => ({
  originalMaxAge: idleMs,
  expires: new Date(Date.now() + idleMs),
  httpOnly: true,
  path: '/',
});

type Stored = Record<string, unknown> & { cookie: ReturnType<typeof cookie> };

const call = <T>(run: (callback: (error?: unknown, value?: T) => void) => void): Promise<T> =>
  new Promise((resolve, reject) => {
    run((error, value) => (error ? reject(error as Error) : resolve(value as T)));
  });

/** Of a cookie: as both frameworks sign one, with HMAC-SHA-256. */
const signature = (id: string): string =>
  createHmac('sha256', secrets[0]?.secret ?? '')
    .update(id)
    .digest('base64');

/** The id in a cookie, once its signature is checked. */
function unsigned(token: string): string {
  const dot = token.lastIndexOf('.');
  const id = token.slice(0, dot);
  const [given, expected] = [Buffer.from(token.slice(dot + 1)), Buffer.from(signature(id))];
  if (!timingSafeEqual(given, expected)) throw new Error('not signed here');
  return id;
}

/**
 * A store of express-session, used as the framework uses it: ids of chance in signed cookies, as ours are, too. `afterRead`: what it
 * does when a request changed nothing.
 */
function asFramework(
  store: FrameworkStore,
  afterRead: 'touch' | 'set' | 'nothing',
): Omit<MeasuredStore, 'name' | 'guarantees' | 'close'> {
  const get = (id: string) => call<Stored | null>((callback) => store.get(id, callback as never));
  const set = (id: string, session: Stored) => call<void>((callback) => store.set(id, session, callback));
  return {
    async create() {
      const id = randomBytes(24).toString('base64url');
      await set(id, { cookie: cookie(), ...data });
      return `${id}.${signature(id)}`;
    },
    async read(token) {
      const id = unsigned(token);
      const session = await get(id);
      if (session === null || afterRead === 'nothing') return session;
      session.cookie = cookie();
      return call<void>((callback) => store[afterRead](id, session, callback));
    },
    async load(token) {
      const id = unsigned(token);
      const session = await get(id);
      if (!session) return null;
      return {
        async save(field, value) {
          session[field] = value;
          session.cookie = cookie();
          await set(id, session);
          return true;
        },
      };
    },
    fields: async (token) => (await get(unsigned(token))) ?? null,
    end: (token) => call<void>((callback) => store.destroy(unsigned(token), callback)),
  };
}

const theirs = 'the last JSON wins whole; a late save brings a session back; raw ids at rest';

/** connect-redis, as express-session or @fastify/session drives it, or its bare calls. */
export async function connectRedis(
  { server, peers }: BenchContext,
  by: 'express-session' | '@fastify/session' | 'nobody',
): Promise<MeasuredStore & { readonly store: FrameworkStore }> {
  const { RedisStore } = await peers.load<ConnectRedisModule>('connect-redis');
  const client = await createClient({ url: server.url }).connect();
  const prefix = `sess-${by}:`;
  const store = new RedisStore({ client, prefix, ttl: idleMs / 1000 });
  const afterRead = by === 'nobody' ? 'nothing' : by === 'express-session' ? 'touch' : 'set';
  const how = by === 'nobody' ? 'bare get and set' : `as ${by} drives it`;
  return {
    ...asFramework(store, afterRead),
    store,
    name: `connect-redis ${peers.version('connect-redis')}, ${how}`,
    guarantees: theirs,
    close: async () => client.destroy(),
  };
}

/** Our store under the same calls as connect-redis. */
export async function penknifeStore({ server, peers }: BenchContext): Promise<MeasuredStore> {
  const { default: session } = await peers.load<ExpressSessionModule>('express-session');
  const driver = createNodeRedisDriver(createClient({ url: server.url }));
  const store = createExpressSessionStore(session, driver, { secrets, idleMs });
  return {
    ...asFramework(store, 'touch'),
    name: 'penknife’s store, as express-session drives it',
    guarantees: 'changed fields merge, logout is final, ids hashed at rest',
    close: () => driver.close(),
  };
}

/** The commands of the session store in Redis' own documentation (use cases, Node.js). */
export async function documentedStore({ server }: BenchContext): Promise<MeasuredStore> {
  const client = await createClient({ url: server.url }).connect();
  const seconds = idleMs / 1000;
  const keyOf = (id: string): string => `session:${id}`;
  const stamp = () => ({ last_accessed_at: new Date().toISOString() });
  const texts = Object.fromEntries(
    Object.entries(data).map(([name, value]) => [name, JSON.stringify(value)]),
  );
  const found = async (id: string): Promise<Record<string, string> | null> => {
    const fields = await client.hGetAll(keyOf(id));
    return Object.keys(fields).length === 0 ? null : { ...fields };
  };
  return {
    name: 'the store of Redis’ documentation',
    guarantees: 'fields merge; a save after a logout makes a stub; raw ids at rest',
    async create() {
      const id = `${'x'.repeat(33)}${(++created).toString(36).padStart(10, '0')}`;
      const fields = {
        ...texts,
        ...stamp(),
        created_at: new Date().toISOString(),
        session_ttl: String(seconds),
      };
      await client.multi().hSet(keyOf(id), fields).expire(keyOf(id), seconds).exec();
      return id;
    },
    async read(id) {
      if ((await found(id)) === null) return null;
      return client.multi().hSet(keyOf(id), stamp()).expire(keyOf(id), seconds).hGetAll(keyOf(id)).exec();
    },
    async load(id) {
      if ((await found(id)) === null) return null;
      return {
        async save(field, value) {
          if ((await found(id)) === null) return false;
          const fields = { [field]: JSON.stringify(value), ...stamp() };
          await client.multi().hSet(keyOf(id), fields).expire(keyOf(id), seconds).exec();
          return true;
        },
      };
    },
    fields: found,
    end: async (id) => void (await client.del(keyOf(id))),
    close: async () => client.destroy(),
  };
}

/** Every store that is compared, ours first. */
export async function allStores(context: BenchContext): Promise<readonly MeasuredStore[]> {
  return [
    penknife(context),
    await penknifeStore(context),
    await connectRedis(context, 'express-session'),
    await connectRedis(context, '@fastify/session'),
    await connectRedis(context, 'nobody'),
    await documentedStore(context),
  ];
}
