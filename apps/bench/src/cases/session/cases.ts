import type { BenchCase, BenchContext, Contestant } from '../../case.js';
import { scheduled } from './schedule.js';
import {
  allStores,
  connectRedis,
  documentedStore,
  type MeasuredStore,
  penknife,
  penknifeStore,
} from './stores.js';

const many = 1000;

/** A store as a contestant, on many sessions that are there before. */
async function onMany(
  store: MeasuredStore,
  run: (store: MeasuredStore, ids: readonly string[], turn: number) => Promise<unknown>,
): Promise<Contestant> {
  const ids: string[] = [];
  for (let i = 0; i < many; i++) ids.push(await store.create());
  return {
    name: store.name,
    guarantees: store.guarantees,
    run: (turn) => run(store, ids, turn),
    close: () => store.close(),
  };
}

const each = (
  stores: readonly MeasuredStore[],
  run: (store: MeasuredStore, ids: readonly string[], turn: number) => Promise<unknown>,
): Promise<readonly Contestant[]> => Promise.all(stores.map((store) => onMany(store, run)));

const readOnly: BenchCase = {
  name: 'session/read-only',
  question: 'What does a request cost that only reads its session?',
  inFlight: [1, 64],
  prepare: async (context) =>
    each(await allStores(context), (store, ids, turn) => store.read(ids[turn % many] ?? '')),
};

const save: BenchCase = {
  name: 'session/change',
  question: 'What does a request cost that loads its session and saves one field?',
  inFlight: [1, 64],
  prepare: async (context) =>
    each(
      [
        penknife(context),
        await penknifeStore(context),
        await connectRedis(context, 'express-session'),
        await documentedStore(context),
      ],
      async (store, ids, turn) => (await store.load(ids[turn % many] ?? ''))?.save('n', turn),
    ),
};

const create: BenchCase = {
  name: 'session/create',
  question: 'What does a new session cost, and how many bytes does it keep?',
  inFlight: [64],
  async prepare(context) {
    const own = penknife(context);
    const login: Contestant = {
      name: 'penknife, logged in, three to a user, with the list of devices',
      guarantees: own.guarantees,
      async run(turn) {
        const session = own.sessions.start();
        session.set('user', { id: 4711, name: 'Ann Example', roles: ['shop'] });
        session.set('n', 3);
        await session.login(`user-${process.pid}-${Math.floor(turn / 3)}`);
      },
      close: async () => undefined,
    };
    const stores = [
      own,
      await penknifeStore(context),
      await connectRedis(context, 'express-session'),
      await documentedStore(context),
    ];
    const [first, ...others] = stores.map(
      (store): Contestant => ({
        name: store.name,
        guarantees: store.guarantees,
        run: () => store.create(),
        close: () => store.close(),
      }),
    );
    return [first as Contestant, login, ...others];
  },
};

/** Runs tasks, so many at a time. */
async function inBatches(count: number, run: (i: number) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < count; from += 500) {
    await Promise.all(Array.from({ length: Math.min(500, count - from) }, (_, i) => run(from + i)));
  }
}

const list: BenchCase = {
  name: 'session/list',
  question: 'How long does it take to list a user’s 5 sessions among 200 000?',
  inFlight: [1],
  async prepare(context) {
    const own = penknife(context);
    const users = 40_000;
    await inBatches(users * 5, (i) => own.sessions.start().login(`user-${i % users}`));
    const peer = await connectRedis(context, 'express-session');
    await inBatches(users * 5, () => peer.create());
    return [
      {
        name: own.name,
        guarantees: own.guarantees,
        async run(turn) {
          const sessions = await own.sessions.list(`user-${turn % users}`);
          if (sessions.length !== 5) throw new Error(`${sessions.length} sessions instead of 5`);
        },
        close: () => own.close(),
      },
      {
        name: `${peer.name}: all ids, to look into each`,
        guarantees: 'no index of users: a scan of all keys',
        run: () => new Promise((resolve) => peer.store.ids((_error, ids) => resolve(ids))),
        close: () => peer.close(),
      },
    ];
  },
};

const revokeAll: BenchCase = {
  name: 'session/revoke-all',
  question: 'What does it cost to end a user’s 1 000 sessions at once?',
  inFlight: [1],
  async prepare(context: BenchContext) {
    const own = penknife(context, { maxSessions: 1000 });
    let round = 0;
    return [
      {
        name: own.name,
        guarantees: own.guarantees,
        async prepareRound() {
          round++;
          await inBatches(1000, () => own.sessions.start().login(`user-${round}`));
        },
        async run() {
          if (!(await own.sessions.revokeAll(`user-${round}`))) throw new Error('there was nothing to end');
        },
        close: () => own.close(),
      },
    ];
  },
};

const schedules: BenchCase = {
  name: 'session/schedules',
  question: 'Parallel saves and logouts in orders of chance: what is lost, and what comes back?',
  inFlight: [1],
  async prepare(context) {
    const three = async (open: () => MeasuredStore | Promise<MeasuredStore>) =>
      [await open(), await open(), await open()] as const;
    return [
      scheduled(await three(() => penknife(context))),
      scheduled(await three(() => penknifeStore(context))),
      scheduled(await three(() => connectRedis(context, 'express-session'))),
      scheduled(await three(() => documentedStore(context))),
    ];
  },
};

/** Sessions against the stores of express-session and @fastify/session, and Redis' own sample. */
export const sessionCases: readonly BenchCase[] = [readOnly, save, create, list, revokeAll, schedules];
