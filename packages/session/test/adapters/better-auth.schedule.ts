import { type Driver, seededRandom } from '@penknife/core';
import { createBetterAuthStorage } from '../../src/better-auth.js';
import { secretA, secretB } from '../sample.js';
import { createTurnstile } from '../schedule/turnstile.js';

/** Where a schedule runs. */
export interface ScheduleGround {
  /** Three processes. */
  readonly drivers: readonly Driver[];
  /**
   * Moves the time, where that can be done to the millisecond; without it nothing ends by itself. With it the commands of what is done at
   * once come in an order that only the seed knows; where they go over a network they have one of chance.
   */
  readonly advance?: ((ms: number) => Promise<void>) | undefined;
}

interface Kept {
  readonly text: string;
  readonly endsMs: number;
}

const acts = 40;
const list = 'active-sessions-ann';

/**
 * One seeded schedule: three processes set, read, take, delete and count, one after another and, where only one may win, at once, and a
 * plain model says what each of them must answer. In every second one the processes are amid a change of the secret; counters,
 * which begin anew then, are left out. Resolves to what was answered otherwise.
 */
export async function runBetterAuthSchedule(
  { drivers, advance }: ScheduleGround,
  seed: number,
): Promise<readonly string[]> {
  const random = seededRandom(Math.imul(seed + 1, 0x9e3779b1) >>> 0);
  const below = (most: number): number => Math.floor(random.fraction() * most);
  const pick = <T>(all: readonly T[]): T => all[below(all.length)] as T;
  const changing = seed % 2 === 1;
  const turnstile = createTurnstile(random);
  const storages = drivers.map((driver, i) =>
    createBetterAuthStorage(advance === undefined ? driver : turnstile.pass(driver), {
      secrets: !changing ? [secretA] : i === 0 ? [secretA, secretB] : [secretB, secretA],
      namespace: `auth:${seed}`,
      tombstoneMs: '1h',
    }),
  );
  const [{ clock }] = drivers as readonly [Driver];
  const kept = new Map<string, Kept>();
  const listed = new Map<string, number>();
  const over = new Set<string>();
  const complaints: string[] = [];
  let texts = 0;

  const standing = (key: string): string | null => {
    const found = kept.get(key);
    return found === undefined || found.endsMs <= clock.now() ? null : found.text;
  };
  const same = (what: string, told: unknown, known: unknown): void => {
    const [is, must] = [JSON.stringify(told), JSON.stringify(known)];
    if (is !== must) complaints.push(`${what}: ${is} instead of ${must}`);
  };
  // Odd eighths of a second, where time moves in tenths: no end falls on the millisecond of an act.
  const lifeSeconds = (): number => (advance === undefined ? 600 : (1 + 2 * below(12)) / 8);
  const put = (key: string, text: string, seconds: number): Promise<void> => {
    kept.set(key, { text, endsMs: clock.now() + seconds * 1000 });
    return pick(storages).set(key, text, seconds);
  };

  const value = (): string => pick(['code-1', 'code-2']);
  const token = (): string => pick(['t1', 't2', 't3', 't4']);
  const logIn = async (key: string): Promise<void> => {
    const seconds = lifeSeconds();
    await put(key, JSON.stringify({ session: { token: key }, n: texts++ }), seconds);
    const expiresAt = clock.now() + seconds * 1000;
    listed.set(key, expiresAt);
    await pick(storages).set(list, JSON.stringify([{ token: key, expiresAt }]), 3600);
  };
  const doing: Readonly<Record<string, () => Promise<void>>> = {
    async set() {
      await put(value(), `text ${texts++}`, lifeSeconds());
    },
    async end() {
      const key = value();
      kept.delete(key);
      await pick(storages).set(key, 'over', 0);
    },
    async read() {
      const key = pick([value(), token()]);
      same(`get ${key}`, await pick(storages).get(key), standing(key));
    },
    async takeAtOnce() {
      const key = value();
      const must = standing(key);
      kept.delete(key);
      const taken = await Promise.all(storages.map((each) => each.getAndDelete(key)));
      same(
        `getAndDelete ${key}`,
        taken.filter((each) => each !== null),
        must === null ? [] : [must],
      );
    },
    async login() {
      const key = token();
      if (!over.has(key)) await logIn(key);
    },
    async readAmidWrite() {
      const key = token();
      const before = standing(key);
      if (before === null) return;
      const [told] = await Promise.all([pick(storages).get(key), logIn(key)]);
      if (told !== before) same(`get ${key} amid a write`, told, standing(key));
    },
    async logoutAndLateSave() {
      const key = token();
      const read = standing(key);
      if (read === null) return;
      over.add(key);
      kept.delete(key);
      await Promise.all([pick(storages).delete(key), pick(storages).set(key, read, 600)]);
      same(`get ${key} after its logout`, await pick(storages).get(key), null);
      await pick(storages).set(key, read, 600);
    },
    async devices() {
      const alive = [...listed].filter(([key]) => standing(key) !== null);
      const told = JSON.parse((await pick(storages).get(list)) ?? '[]') as readonly {
        readonly token: string;
        readonly expiresAt: number;
      }[];
      // Which end is told of one that is listed under two secrets is not the model's affair.
      const shown = ([key, endsMs]: readonly [string, number]): string =>
        changing ? key : `${key} ${endsMs}`;
      same('list', told.map((each) => shown([each.token, each.expiresAt])).sort(), alive.map(shown).sort());
    },
    async count() {
      if (changing) return;
      const before = Number(standing('counter') ?? 0);
      const seconds = lifeSeconds();
      const counts = await Promise.all(storages.map((each) => each.increment('counter', seconds)));
      same(
        'increment',
        counts.sort((a, b) => a - b),
        [1, 2, 3].map((n) => before + n),
      );
      const endsMs = before === 0 ? clock.now() + seconds * 1000 : (kept.get('counter')?.endsMs ?? 0);
      kept.set('counter', { text: String(before + 3), endsMs });
      same('get counter', await pick(storages).get('counter'), standing('counter'));
    },
    async wait() {
      await advance?.(100 * below(10));
    },
  };

  /** Lets commands through until it is done. */
  async function finish(act: Promise<void> | undefined): Promise<void> {
    let running = true;
    const done = Promise.resolve(act).finally(() => {
      running = false;
    });
    done.catch(() => undefined);
    while (running) {
      await turnstile.next();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await done;
  }

  for (let i = 0; i < acts; i++) {
    const act = doing[pick(Object.keys(doing))]?.();
    await (advance === undefined ? act : finish(act));
  }
  return complaints.map((complaint) => `seed ${seed}: ${complaint}`);
}
