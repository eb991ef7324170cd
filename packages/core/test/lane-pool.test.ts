import { expect, it } from 'vitest';
import {
  AbortedError,
  ClosedError,
  createLanePool,
  createManualClock,
  type Lane,
  type Topology,
} from '../src/index.js';

/** A lane that only knows whether it was closed. */
function lane(): Lane {
  const end = new AbortController();
  const close = async (): Promise<void> => end.abort();
  return { id: 1, lost: end.signal, close, [Symbol.asyncDispose]: close } as unknown as Lane;
}

/** A pool over a driver whose lanes are opened by hand, in the order they were asked for. */
function openedByHand({ topology = 'single' as Topology, limit = 2 } = {}) {
  const clock = createManualClock();
  const asked: { opened(lane: Lane): void; refused(error: unknown): void }[] = [];
  const openLane = (): Promise<Lane> =>
    new Promise((opened, refused) => void asked.push({ opened, refused }));
  const pool = createLanePool({ clock, topology, openLane }, { limit });
  return { asked, clock, pool };
}

const ran = async (): Promise<string> => 'ran';
const turn = (): Promise<void> => new Promise(setImmediate);

it('its end refuses at once those whose lane is being opened; what opens later is closed', async () => {
  const { asked, clock, pool } = openedByHand();
  const { signal } = new AbortController();
  const outcomes = Promise.allSettled([
    pool.use(ran),
    pool.use(ran, { deadlineMs: 60_000, signal }),
    pool.use(ran),
  ]);
  await turn();
  await pool.close();
  for (const outcome of await outcomes)
    expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(ClosedError) });
  expect(clock.armed).toBe(0);

  const late = lane();
  asked[0]?.opened(late);
  asked[1]?.refused(new Error('no server'));
  await turn();
  expect(late.lost.aborted).toBe(true);
  expect(asked).toHaveLength(2);
});

it('a lane that opens as the pool ends is closed, too', async () => {
  const { asked, pool } = openedByHand();
  const use = expect(pool.use(ran)).rejects.toThrow(ClosedError);
  await turn();
  const opened = lane();
  asked[0]?.opened(opened);
  await Promise.resolve();
  await pool.close();
  await use;
  expect(opened.lost.aborted).toBe(true);
});

it('whoever gave up while its lane was being opened is told of that, not of the end', async () => {
  const { asked, pool } = openedByHand();
  const controller = new AbortController();
  const use = expect(pool.use(ran, { signal: controller.signal })).rejects.toThrow(AbortedError);
  await turn();
  controller.abort();
  await pool.close();
  await use;
  const late = lane();
  asked[0]?.opened(late);
  await turn();
  expect(late.lost.aborted).toBe(true);
});

it('what waits for room is refused at once, and no lane is opened for it any more', async () => {
  const { asked, pool } = openedByHand({ topology: 'cluster', limit: 1 });
  const use = pool.use(ran, { key: 'a' });
  await turn();
  let leave = (): void => undefined;
  const leaving = Object.assign(lane(), { close: () => new Promise<void>((done) => (leave = done)) });
  asked[0]?.opened(leaving);
  expect(await use).toBe('ran');
  const waiting = expect(pool.use(ran, { key: 'b' })).rejects.toThrow(ClosedError);
  await turn();
  await pool.close();
  await waiting;
  leave();
  await turn();
  expect(asked).toHaveLength(1);
});
