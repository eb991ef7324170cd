import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import type { ExpiredSession, Session, SessionEnd, Sessions } from '../src/index.js';
import { keyOf, live, member, type Shop, shopSessions, tokenOf, userKeyOf, visitor } from './sample.js';

/** Resolves with the end of a session. The watch stands when the outer promise resolves. */
async function watched(session: Session<Shop>): Promise<{ readonly end: Promise<SessionEnd> }> {
  let told: (end: SessionEnd) => void = () => undefined;
  const end = new Promise<SessionEnd>((resolve) => {
    told = resolve;
  });
  await session.onRevoked(told);
  return { end };
}

/** That ends of sessions are told, on whatever the context runs on. */
export function eventsSuite(context: MatrixContext): void {
  const { advance } = context;

  async function twoProcesses(): Promise<readonly [Sessions<Shop>, Sessions<Shop>]> {
    // Looked at by itself so seldom that only what is told can be in time.
    const options = { recheckMs: '1h' } as const;
    return [shopSessions(await context.driver(), options), shopSessions(await context.driver(), options)];
  }

  it('trap 10: a socket on another process hears of a logout, a revocation, an eviction and the end of all, at once', async () => {
    const [here, there] = await twoProcesses();
    const small = shopSessions(await context.driver(), { maxSessions: 1 });
    const ends: readonly ((session: Session<Shop>) => Promise<unknown>)[] = [
      async (session) => live(await there.load(tokenOf(session))).destroy(),
      (session) => there.revoke(session.publicId),
      () => there.revokeAll('ann'),
      async () => (await member(there)).revokeOthers(),
      () => member(small),
    ];
    for (const end of ends) {
      const session = await member(here);
      const watch = await watched(live(await here.load(tokenOf(session))));
      await end(session);
      expect(await watch.end).toEqual({ publicId: session.publicId, reason: 'revoked' });
      await there.revokeAll('ann');
    }
    await here.close();
  });

  it('trap 10: the socket of a visitor who logs in ends; one that stays hears nothing of others', async () => {
    const [here, there] = await twoProcesses();
    const [guest, other] = [await visitor(here), await member(here)];
    const told: SessionEnd[] = [];
    await other.onRevoked((end) => told.push(end));
    const watch = await watched(live(await here.load(tokenOf(guest))));
    await live(await there.load(tokenOf(guest))).login('ann');
    expect(await watch.end).toEqual({ publicId: guest.publicId, reason: 'superseded' });
    const elsewhere = await member(there);
    const second = await watched(elsewhere);
    await there.revoke(elsewhere.publicId);
    await second.end;
    expect(told).toEqual([]);
    await Promise.all([here.close(), there.close()]);
  });

  it('trap 10: a listener that rejects is reported, and ends no process', async () => {
    const [here, there] = await twoProcesses();
    const session = await member(here);
    const reported = new Promise<unknown>((resolve) => {
      const note = (message: unknown): void => {
        unsubscribe('penknife:listener.error', note);
        resolve(message);
      };
      subscribe('penknife:listener.error', note);
    });
    const rejecting = async (): Promise<void> => {
      throw new RangeError('of bad manners');
    };
    await session.onRevoked(rejecting as () => void);
    await there.revoke(session.publicId);
    expect(await reported).toEqual({ error: expect.objectContaining({ message: 'of bad manners' }) });
    await here.close();
  });

  it('trap 10: a watch follows rotations, and its end is told under the id of the end', async () => {
    const [here, there] = await twoProcesses();
    const session = await member(here);
    const watch = await watched(live(await here.load(tokenOf(session))));
    const rotated = live(await there.load(tokenOf(session)));
    for (let i = 0; i < 3; i++) await rotated.regenerate();
    await there.revoke(rotated.publicId);
    expect(await watch.end).toEqual({ publicId: rotated.publicId, reason: 'revoked' });
    await here.close();
  });

  it('what was over before the watch stood is told; a watch that was closed tells nothing', async () => {
    const [here, there] = await twoProcesses();
    const session = await member(here);
    const late = live(await here.load(tokenOf(session)));
    const told: SessionEnd[] = [];
    const closed = await live(await here.load(tokenOf(session))).onRevoked((end) => told.push(end));
    await closed.close();
    await there.revokeAll('ann');
    expect((await (await watched(late)).end).reason).toBe('revoked');
    expect(told).toEqual([]);
    await late.refresh();
    await expect(late.onRevoked(() => undefined)).rejects.toMatchObject({ code: 'SESSION_STATE' });
    await here.close();
    await expect((await member(here)).onRevoked(() => undefined)).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it('what is not told is found by looking: a list that vanished, a session that ran out', async () => {
    const sessions = shopSessions(await context.driver(), { recheckMs: 10 });
    const short = shopSessions(await context.driver(), { recheckMs: 10, idleMs: 60 });
    const [lost, idle] = [await member(sessions, 'ann'), await member(short, 'bob')];
    const watches = [await watched(lost), await watched(idle)];
    await context.admin('DEL', userKeyOf(lost));
    let ended = 0;
    for (const { end } of watches) void end.then(() => ended++);
    for (let i = 0; ended < 2 && i < 1000; i++) await advance(5);
    expect(await watches[0]?.end).toEqual({ publicId: lost.publicId, reason: 'revoked' });
    expect(await watches[1]?.end).toEqual({ publicId: idle.publicId, reason: 'ended' });
    await Promise.all([sessions.close(), short.close()]);
  });

  it('trap 9: tells what ran out, once, by one of three processes, with user and data, and removes it', async () => {
    const told: ExpiredSession<Shop>[] = [];
    const options = { idleMs: 40, touchAfterMs: 0, keepEndedMs: '1h' } as const;
    const all = await Promise.all([1, 2, 3].map(async () => shopSessions(await context.driver(), options)));
    for (const each of all) each.onExpired((session) => void told.push(session), { everyMs: 10 });
    const [first] = all as [Sessions<Shop>, ...Sessions<Shop>[]];
    const [guest, mine, gone] = [await visitor(first), await member(first), await member(first, 'bob')];
    // On a machine that stood still it may have run out before it could be revoked: then it is told, too.
    const ended = [guest, mine, ...((await first.revoke(gone.publicId)) ? [] : [gone])];
    for (let i = 0; told.length < ended.length && i < 1000; i++) await advance(5);
    for (let i = 0; i < 10; i++) await advance(5);
    expect(told.map(({ publicId }) => publicId).sort()).toEqual(ended.map(({ publicId }) => publicId).sort());
    const [ofGuest, ofMine] = [guest, mine].map(({ publicId }) =>
      told.find((each) => each.publicId === publicId),
    );
    expect(ofGuest).toMatchObject({ user: null, reason: 'idle', data: { cart: ['book'] } });
    expect(ofMine).toMatchObject({ user: 'ann', reason: 'idle', data: {}, createdMs: mine.times?.createdMs });
    expect(ofMine?.endedMs).toBe((ofMine?.seenMs ?? 0) + 40);
    expect(await context.admin('EXISTS', keyOf(mine))).toBe(0);
    expect(await context.admin('EXISTS', userKeyOf(mine))).toBe(0);
    await Promise.all(all.map((each) => each.close()));
  });

  it('trap 9: a session in use is never told, however often it is looked at', async () => {
    const told: ExpiredSession<Shop>[] = [];
    const sessions = shopSessions(await context.driver(), {
      idleMs: 2000,
      touchAfterMs: 0,
      keepEndedMs: '1h',
    });
    const session = await member(sessions);
    // Due long before its end: as after a session was used since it was noted.
    await context.admin('ZADD', 'pk:ses1:due:{sessions}', 1, session.publicId);
    sessions.onExpired((each) => void told.push(each), { everyMs: 10 });
    const score = async () =>
      Number(await context.admin('ZSCORE', 'pk:ses1:due:{sessions}', session.publicId));
    for (let i = 0; (await score()) <= 1 && i < 1000; i++) await advance(5);
    live(await sessions.load(tokenOf(session)));
    expect(told).toEqual([]);
    expect(await score()).toBeGreaterThan(1);
    await sessions.close();
  });
}
