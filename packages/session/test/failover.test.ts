import { type MatrixContext, overFailovers } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { type Session, sessionKeys } from '../src/index.js';
import { live, member, type Shop, shopSessions, tokenOf, userKeyOf } from './sample.js';

const revoked = { ok: false, reason: 'revoked' };
const ended = { ok: false, reason: 'ended' };

function failoverSuite({ driver, faults }: MatrixContext): void {
  it('a logout that a failover kept is final, and what it lost of saves, logins, rotations and logouts is lost whole', async () => {
    const open = async () => shopSessions(await driver(), { deadlineMs: 40_000 });
    const [here, there] = [await open(), await open()];
    // All of one user, hence in one slot.
    const [gone, kept, rotated, leaving] = [
      await member(here),
      await member(here),
      await member(here),
      await member(here),
    ];
    kept.set('cart', ['book']);
    kept.set('theme', 'dark');
    expect(await kept.save()).toEqual({ ok: true });
    const [goneToken, keptToken, rotatedToken, leavingToken] = [gone, kept, rotated, leaving].map(tokenOf);
    const load = (token: string | undefined) => there.load(token ?? '');
    expect(await gone.destroy()).toBe(true);
    let late: Session<Shop> | undefined;
    await faults.failOver?.(userKeyOf(kept), async () => {
      kept.set('theme', 'light');
      kept.set('count', 7);
      expect(await kept.save()).toEqual({ ok: true });
      expect(live(await load(keptToken)).data).toEqual({ cart: ['book'], theme: 'light', count: 7 });
      expect(await rotated.regenerate()).toEqual({ ok: true });
      expect(await leaving.destroy()).toBe(true);
      expect(await load(leavingToken)).toEqual(revoked);
      late = await member(there);
      expect(await here.list('ann')).toHaveLength(3);
    });

    expect(await load(goneToken)).toEqual(revoked);
    expect(live(await load(keptToken)).data).toEqual({ cart: ['book'], theme: 'dark' });
    // Nobody is let in by an id that was lost, and whoever holds its session makes none of it.
    expect(await load(tokenOf(late as Session<Shop>))).toEqual(ended);
    expect(tokenOf(rotated)).not.toBe(rotatedToken);
    expect(await load(tokenOf(rotated))).toEqual(ended);
    rotated.set('count', 1);
    expect(await rotated.save()).toEqual(ended);
    expect(await load(tokenOf(rotated))).toEqual(ended);
    const before = live(await load(rotatedToken));
    // The lost logout is undone, as the README says; made again it is final.
    const back = live(await load(leavingToken));
    expect(await back.destroy()).toBe(true);
    expect(await load(leavingToken)).toEqual(revoked);
    const listed = (await here.list('ann')).map(({ publicId }) => publicId);
    expect(listed.sort()).toEqual([kept.publicId, before.publicId].sort());

    // What stands goes on as any session does: saved, rotated, logged out.
    const session = live(await load(keptToken));
    session.set('count', 1);
    expect(await session.save()).toEqual({ ok: true });
    expect(await session.regenerate()).toEqual({ ok: true });
    const next = live(await here.load(tokenOf(session)));
    expect([next.user, next.data]).toEqual(['ann', { cart: ['book'], theme: 'dark', count: 1 }]);
    expect(await next.destroy()).toBe(true);
    kept.set('count', 2);
    expect(await kept.save()).toMatchObject({ ok: false });
    expect(await load(tokenOf(session))).toEqual(revoked);
    expect(await load(keptToken)).toMatchObject({ ok: false });
    expect(await load(goneToken)).toEqual(revoked);
    expect(await there.list('ann')).toHaveLength(1);
    await Promise.all([here.close(), there.close()]);
  });
}

overFailovers('sessions and a failover', failoverSuite, sessionKeys);
