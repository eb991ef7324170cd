import { createManualClock, type Driver, type ManualClock, seededRandom } from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import type { Session, Sessions } from '../../src/index.js';
import { type Shop, secretA, secretB, shopSessions, tokenOf } from '../sample.js';
import { History, type Identity } from './history.js';
import { type PlantedBug, planted } from './planted-bug.js';
import { createTurnstile } from './turnstile.js';

/** A server for many schedules one after another. */
export interface SimulatedServer {
  readonly clock: ManualClock;
  driver(options: object): Driver;
}

/** Makes one whose time stands still but for what a schedule lets pass. */
export function simulatedServer(): SimulatedServer {
  const clock = createManualClock();
  const redis = createMemoryRedis({ clock, seed: 1 });
  return { clock, driver: (options) => redis.driver(options) };
}

/** Whether replies are lost in the schedule of this seed. */
export const losesReplies = (seed: number): boolean => seed % 4 >= 2;

const requests = 18;
const kinds = [
  'save',
  'save',
  'count',
  'count',
  'login',
  'login',
  'regenerate',
  'destroy',
  'revoke',
  'others',
  'others',
  'all',
  'all',
] as const;

/**
 * Runs one seeded schedule: requests of three processes load, save, count, log in and out, rotate and revoke, all at the same
 * time, their commands in an order of chance. In every second one the processes are amid a change of the secret: one has the old
 * one first still, so sessions go to and fro; in half of each, replies are lost and asked for again. Then everything that was acknowledged is looked for.
 */
export async function runSchedule(server: SimulatedServer, seed: number, bug?: PlantedBug): Promise<History> {
  const random = seededRandom(seed);
  const turnstile = createTurnstile(random);
  const history = new History();
  const rewrite = bug && planted(bug);
  const luck = seededRandom(Math.imul(seed + 1, 0x9e3779b1) >>> 0);
  const lossy = losesReplies(seed);
  const loses = (): boolean => lossy && luck.fraction() < 0.1;
  const drivers = [0, 1, 2].map((i) => server.driver({ random: seededRandom(seed * 10 + i) }));
  // Few sessions a user, and refusals: logins that fail in the middle have to be put back.
  const options = { namespace: `run:${seed}`, maxSessions: 2, whenFull: 'refuse' } as const;
  const rings =
    seed % 2 === 0
      ? [[secretA]]
      : [
          [secretA, secretB],
          [secretB, secretA],
        ];
  const processes = drivers.map((driver, i) =>
    shopSessions(turnstile.pass(driver, rewrite, loses), {
      ...options,
      secrets: rings[Math.min(i, rings.length - 1)] ?? [],
    }),
  );
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random.fraction() * list.length)] as T;
  let fields = 0;

  async function begin(sessions: Sessions<Shop>): Promise<void> {
    const session = sessions.start();
    const field = `n${++fields}` as const;
    session.set(field, 1);
    if (!(await session.save()).ok) return;
    const identity = history.begin(tokenOf(session), null);
    identity.saved.add(field);
    const user = pick(['ann', 'bob', undefined]);
    if (user === undefined) return;
    identity.leaving++;
    const loggedIn = await session.login(user);
    identity.leaving--;
    if (!loggedIn.ok) return;
    history.begin(tokenOf(session), user, identity).mayEnd = true;
  }

  async function request(sessions: Sessions<Shop>): Promise<void> {
    const token = pick([...history.tokens.keys()]);
    let identity = history.tokens.get(token) as Identity;
    const wasKilled = identity.killed;
    const found = await sessions.load(token);
    if (!found.ok) return history.refuse(identity, 'load');
    history.acknowledge('load', wasKilled);
    for (let i = 0; i < 2; i++) {
      if (found.session.state === 'live') identity = await act(sessions, found.session, identity);
    }
  }

  /** One act, noted with what was known when it began. Resolves to the session's identity after it. */
  async function act(
    sessions: Sessions<Shop>,
    session: Session<Shop>,
    identity: Identity,
  ): Promise<Identity> {
    const kind = pick(kinds);
    const wasKilled = identity.killed;
    const done = (ok: boolean, killed = wasKilled): boolean => {
      if (ok) history.acknowledge(kind, killed);
      return ok;
    };
    /** Of what ends with its last command: the session must live until then. */
    const doneAlive = ({ ok }: { readonly ok: boolean }): boolean => done(ok, identity.killed);
    /** Of what moves: its last command may have run long before its reply, the second one, came; what ended meanwhile had moved. */
    const doneMoving = ({ ok }: { readonly ok: boolean }): boolean =>
      done(ok, lossy ? wasKilled : identity.killed);
    switch (kind) {
      case 'save': {
        const field = `n${++fields}` as const;
        session.set(field, 1);
        if (doneAlive(await session.save())) identity.saved.add(field);
        else history.refuse(identity, kind);
        break;
      }
      case 'count': {
        session.set('count', (session.get('count') ?? 0) + 1, { onlyIfUnchanged: true });
        const saved = await session.save();
        if (doneAlive(saved)) identity.counted++;
        else if (!saved.ok && saved.reason === 'conflict') await session.refresh();
        else history.refuse(identity, kind);
        break;
      }
      case 'login': {
        const user = pick(['ann', 'bob']);
        const undisturbed = history.watchUser(user);
        identity.leaving++;
        const loggedIn = await session.login(user);
        identity.leaving--;
        if (!doneMoving(loggedIn)) break;
        const next = history.begin(tokenOf(session), user, identity);
        next.mayEnd = identity.mayEnd || !undisturbed();
        return next;
      }
      case 'regenerate':
        // Only the first of several that rotate at once has the new token.
        if (!doneMoving(await session.regenerate())) history.refuse(identity, kind);
        else if (session.token !== null) history.tokens.set(session.token, identity);
        break;
      case 'destroy':
        history.mayEnd(identity);
        if (done(await session.destroy())) identity.killed = true;
        history.mayEnd(identity);
        break;
      case 'revoke':
        identity.mayEnd = true;
        if (done(await sessions.revoke(session.publicId))) identity.killed = true;
        break;
      case 'others':
        if (identity.user !== null) {
          // A parallel request may move it to the slot of another secret, where all is being ended.
          if (rings.length > 1) identity.mayEnd = true;
          await history.revoke(identity.user, identity, async () => done(await session.revokeOthers()));
        }
        break;
      case 'all':
        await history.revoke(pick(['ann', 'bob']), undefined, async (user) => {
          await sessions.revokeAll(user);
          return true;
        });
    }
    return identity;
  }

  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const start = (run: Promise<void>): void => {
    const tracked: Promise<void> = run
      .catch((error: unknown) => void failures.push(error))
      .finally(() => running.delete(tracked));
    running.add(tracked);
  };
  for (let i = 0; i < 4; i++) start(begin(pick(processes)));
  for (let left = requests; running.size > 0; ) {
    if (history.tokens.size > 0 && left > 0 && random.fraction() < 0.3) {
      left--;
      start(request(pick(processes)));
    }
    // What waits for a session on its way goes on when nothing else does.
    if (!(await turnstile.next())) await server.clock.advance(2);
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (failures.length > 0) throw failures[0];

  const calm = shopSessions(drivers[0] as Driver, { ...options, secrets: [secretA, secretB] });
  for (const token of history.tokens.keys()) {
    const found = await calm.load(token);
    history.compare(token, found.ok ? { ...found.session.data } : null);
  }
  await Promise.all(drivers.map((driver) => driver.close()));
  return history;
}
