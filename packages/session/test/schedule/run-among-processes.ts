import { type RandomSource, seededRandom } from '@penknife/core';
import type { WorkerProcess } from '@penknife/testing';
import { History, type Identity } from './history.js';
import type { Acts, Request } from './requests.worker.js';

type Worker = WorkerProcess<Acts>;

const requests = 7;
const kinds = [
  'save',
  'save',
  'save',
  'login',
  'regenerate',
  'destroy',
  'revoke',
  'others',
  'others',
  'all',
] as const;
/** In half of the schedules nobody ends anything, so that what was saved is there in the end. */
const harmless = ['save', 'save', 'regenerate'] as const;

/** One session of a user and, at the same time, requests to several processes that each load it and do one thing. */
async function runOne(
  workers: readonly Worker[],
  seed: number,
  tally: Record<string, number>,
): Promise<readonly string[]> {
  const random: RandomSource = seededRandom(Math.imul(seed + 1, 0x9e3779b1) >>> 0);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random.fraction() * list.length)] as T;
  const history = new History();
  const user = `user-${seed}`;
  const token = await pick(workers).call('begin', user);
  const session = history.begin(token, user);
  await pick(workers).call('begin', user);

  async function request(kind: (typeof kinds)[number], field: number): Promise<void> {
    const worker = pick(workers);
    if (kind === 'all') {
      await history.revoke(user, undefined, async () => {
        await worker.call('revokeAll', user);
        return true;
      });
      return;
    }
    const given: Request = {
      token,
      kind,
      field: `n${field}`,
      user,
      turns: Math.floor(random.fraction() * 4),
    };
    const wasKilled = session.killed;
    begin(session, kind);
    const answered = kind === 'others' ? await others(worker, given) : await worker.call('request', given);
    if (kind === 'login') session.leaving--;
    if (answered.loaded) history.acknowledge('load', wasKilled);
    if (!answered.done) {
      if (kind === 'save' || kind === 'regenerate') history.refuse(session, kind);
      return;
    }
    history.acknowledge(kind, wasKilled);
    settle(kind, given, answered.token);
  }

  function begin(identity: Identity, kind: Request['kind']): void {
    if (kind === 'login') identity.leaving++;
    if (kind === 'destroy' || kind === 'revoke' || kind === 'others') history.mayEnd(identity);
  }

  function others(worker: Worker, given: Request) {
    let answered = { loaded: false, done: false, token: null as string | null };
    return history
      .revoke(user, session, async () => {
        answered = await worker.call('request', given);
        return answered.done;
      })
      .then(() => answered);
  }

  function settle(kind: Request['kind'], { field }: Request, next: string | null): void {
    if (kind === 'save') session.saved.add(field);
    if (kind === 'regenerate' && next !== null) history.tokens.set(next, session);
    if (kind === 'destroy' || kind === 'revoke') session.killed = true;
    // Whether an end that is under way meets it nobody can tell from here.
    if (kind === 'login' && next !== null) history.begin(next, user, session).mayEnd = true;
    if (kind === 'destroy') history.mayEnd(session);
  }

  const some = seed % 2 === 0 ? kinds : harmless;
  await Promise.all(Array.from({ length: requests }, (_, i) => request(pick(some), i)));
  for (const each of history.tokens.keys()) {
    history.compare(each, await pick(workers).call('data', each));
  }
  for (const [kind, count] of Object.entries(history.tally)) tally[kind] = (tally[kind] ?? 0) + count;
  return history.complaints.map((complaint) => `seed ${seed}: ${complaint}`);
}

/** What schedules among processes came to. */
export interface AmongProcesses {
  readonly complaints: readonly string[];
  readonly tally: Readonly<Record<string, number>>;
}

const atOnce = 8;

/** Runs schedules of these seeds, eight at once; with `until` no further once such a thing was noticed. */
export async function runAmongProcesses(
  workers: readonly Worker[],
  count: number,
  until?: RegExp,
): Promise<AmongProcesses> {
  const tally: Record<string, number> = {};
  const complaints: string[] = [];
  let seed = 0;
  const next = async (): Promise<void> => {
    while (seed < count && !(until !== undefined && complaints.some((each) => until.test(each)))) {
      complaints.push(...(await runOne(workers, seed++, tally)));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, next));
  return { complaints, tally };
}
