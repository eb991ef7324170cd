import { AbortedError, type Driver } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import type { Session, Sessions } from '../src/index.js';
import { askedAgain } from './asked-again.js';
import { live, member, type Shop, secretA, secretB, shopSessions, tokenOf, visitor } from './sample.js';

/** A process that is overtaken once: before its next command of this script reaches the server, something else happens. */
function overtaken(driver: Driver, act: string, run: () => Promise<unknown>): Driver {
  let left = 1;
  return {
    ...driver,
    async send(command, call) {
      if (command.script?.name === `session/${act}` && left-- > 0) await run();
      return driver.send(command, call);
    },
  };
}

/** A process, and when this many of its commands have been answered. */
function counted(
  driver: Driver,
  many: number,
): { readonly driver: Driver; readonly answered: Promise<void> } {
  let left = many;
  let resolve: () => void = () => undefined;
  const answered = new Promise<void>((done) => {
    resolve = done;
  });
  return {
    answered,
    driver: {
      ...driver,
      async send(command, call) {
        const answer = await driver.send(command, call);
        if (--left === 0) resolve();
        return answer;
      },
    },
  };
}

/**
 * A process whose caller goes away when a command of this script has run, and before its reply. As drivers do, it tells of what is
 * given up then that it may have been done.
 */
function forsaken(driver: Driver, act: string, caller: AbortController): Driver {
  return {
    ...driver,
    async send(command, call) {
      if (command.script?.name !== `session/${act}`) return driver.send(command, call);
      const { signal, ...rest } = call ?? {};
      const answer = await driver.send(command, rest);
      caller.abort();
      if (signal?.aborted) throw new AbortedError(signal.reason, 'maybe');
      return answer;
    },
  };
}

/** Sessions on their way from one slot to another, on whatever the context runs on. */
export function movesSuite(context: MatrixContext): void {
  const revoked = { ok: false, reason: 'revoked' };
  const both = { secrets: [secretB, secretA] };

  /** Lets time pass until this is done. */
  async function passing<T>(asked: Promise<T>): Promise<T> {
    let over = false;
    const done = asked.finally(() => {
      over = true;
    });
    done.catch(() => undefined);
    while (!over) await context.advance(2);
    return done;
  }

  /** What ends a session of ann's from another process. */
  const ends: Readonly<Record<string, (there: Sessions<Shop>, mine: Session<Shop>) => Promise<unknown>>> = {
    'a logout everywhere': (there) => there.revokeAll('ann'),
    'a logout of all others': async (there) => (await member(there)).revokeOthers(),
    'a revocation': (there, { publicId }) => there.revoke(publicId),
  };

  for (const [kind, end] of Object.entries(ends)) {
    it(`trap 2: ${kind} in the middle of another login of the same session is not undone`, async () => {
      const there = shopSessions(await context.driver());
      const mine = await member(there);
      const own = await context.driver();
      const here = shopSessions(overtaken(own, 'create', () => end(there, mine)));
      const session = live(await here.load(tokenOf(mine)));
      expect(await session.login('ann')).toEqual(revoked);
      expect(await there.list('ann')).toHaveLength(kind === 'a logout of all others' ? 1 : 0);
      expect((await there.load(tokenOf(mine))).ok).toBe(false);
    });

    for (const act of ['create', 'forget']) {
      it(`trap 2: ${kind} before a move to a new secret can ${act} is not undone`, async () => {
        const there = shopSessions(await context.driver(), both);
        const mine = await member(shopSessions(await context.driver()));
        const own = await context.driver();
        const here = shopSessions(
          overtaken(own, act, () => end(there, mine)),
          both,
        );
        const session = live(await here.load(tokenOf(mine)));
        expect(await session.regenerate()).toEqual(revoked);
        expect(await there.list('ann')).toHaveLength(kind === 'a logout of all others' ? 1 : 0);
        expect((await there.load(tokenOf(mine))).ok).toBe(false);
      });
    }
  }

  for (const act of ['leave', 'create', 'forget']) {
    it(`a move whose reply to ${act} is lost is made all the same, to a new secret and to another user`, async () => {
      const there = shopSessions(await context.driver(), both);
      const driver = await context.driver();
      const mine = await member(shopSessions(driver), 'ann', 'phone');
      const session = live(await shopSessions(askedAgain(driver, act), both).load(tokenOf(mine)));
      expect(await session.regenerate()).toEqual({ ok: true });
      expect(live(await there.load(tokenOf(session))).user).toBe('ann');
      expect(live(await there.load(tokenOf(mine))).publicId).toBe(session.publicId);
      expect((await there.list('ann')).map(({ label }) => label)).toEqual(['phone']);

      const other = live(await shopSessions(askedAgain(driver, act), both).load(tokenOf(session)));
      expect(await other.login('bob')).toEqual({ ok: true });
      expect(live(await there.load(tokenOf(other))).user).toBe('bob');
      expect(await there.list('ann')).toEqual([]);
      expect(await there.list('bob')).toHaveLength(1);
    });
  }

  for (const act of ['leave', 'create']) {
    it(`a login whose reply to ${act} is lost is made all the same, once, and with the data`, async () => {
      const there = shopSessions(await context.driver());
      const driver = await context.driver();
      let before = tokenOf(await visitor(there));
      // From a visitor's session, and once more from a user's own.
      for (const label of ['first', 'second']) {
        const session = live(await shopSessions(askedAgain(driver, act)).load(before));
        expect(await session.login('ann', { label })).toEqual({ ok: true });
        expect((await there.load(before)).ok).toBe(false);
        before = tokenOf(session);
        expect(live(await there.load(before)).data).toEqual({ cart: ['book'] });
        expect((await there.list('ann')).map((each) => each.label)).toEqual([label]);
      }
    });
  }

  for (const [whose, begin] of Object.entries({ "a visitor's": visitor, "a user's": member })) {
    for (const act of ['leave', 'create']) {
      const end = act === 'leave' ? 'taken back' : 'made';
      it(`a login over ${whose} session, whose caller goes away while it can ${act}, is ${end}`, async () => {
        const there = shopSessions(await context.driver());
        const mine = await begin(there);
        const caller = new AbortController();
        const here = shopSessions(forsaken(await context.driver(), act, caller));
        const session = live(await here.load(tokenOf(mine)));
        const asked = session.login('ann', { signal: caller.signal });
        if (act === 'leave') await expect(asked).rejects.toBeInstanceOf(AbortedError);
        else expect(await asked).toEqual({ ok: true });
        const after = live(await there.load(tokenOf(session)));
        expect([after.user, after.data]).toEqual([act === 'leave' ? mine.user : 'ann', mine.data]);
        expect(await there.list('ann')).toHaveLength(after.user === null ? 0 : 1);
      });
    }
  }

  for (const act of ['create', 'forget']) {
    it(`a move whose caller goes away while it can ${act} is made, to a new secret and to another user`, async () => {
      const there = shopSessions(await context.driver(), both);
      const driver = await context.driver();
      const mine = await member(shopSessions(driver), 'ann', 'phone');
      const first = new AbortController();
      const session = live(await shopSessions(forsaken(driver, act, first), both).load(tokenOf(mine)));
      expect(await session.regenerate({ signal: first.signal })).toEqual({ ok: true });
      expect(live(await there.load(tokenOf(session))).user).toBe('ann');
      expect((await there.list('ann')).map(({ label }) => label)).toEqual(['phone']);

      const second = new AbortController();
      const other = live(await shopSessions(forsaken(driver, act, second), both).load(tokenOf(session)));
      expect(await other.login('bob', { signal: second.signal })).toEqual({ ok: true });
      expect(live(await there.load(tokenOf(other))).user).toBe('bob');
      expect(await there.list('ann')).toEqual([]);
    });
  }

  for (const act of ['leave', 'create']) {
    it(`trap 2: a logout between a login's lost reply to ${act} and its second asking is not undone`, async () => {
      const there = shopSessions(await context.driver());
      const mine = await visitor(there);
      const other = live(await there.load(tokenOf(mine)));
      const driver = askedAgain(await context.driver(), act, { between: () => other.destroy() });
      const session = live(await shopSessions(driver).load(tokenOf(mine)));
      expect(await session.login('ann')).toEqual(revoked);
      expect(await there.list('ann')).toEqual([]);
      expect((await there.load(tokenOf(mine))).ok).toBe(false);
    });
  }

  // Ids that are hardly remembered: shorter than an act takes.
  const forgetful = { overlapMs: 0, replayWatchMs: 1 } as const;

  for (const act of ['leave', 'rotate']) {
    it(`a lost reply to ${act} is asked for again even where rotated ids are hardly remembered`, async () => {
      const mine = await visitor(shopSessions(await context.driver()));
      const driver = askedAgain(await context.driver(), act, { between: () => context.advance(20) });
      const session = live(await shopSessions(driver, forgetful).load(tokenOf(mine)));
      expect(await (act === 'leave' ? session.login('ann') : session.regenerate())).toEqual({ ok: true });
      expect(live(await shopSessions(driver).load(tokenOf(session))).data).toEqual({ cart: ['book'] });
    });
  }

  it('a login that is refused as too many puts back what left, even where rotated ids are hardly remembered', async () => {
    const wide = shopSessions(await context.driver());
    await member(wide);
    const mine = await visitor(wide);
    const slow = overtaken(await context.driver(), 'create', () => context.advance(20));
    const narrow = shopSessions(slow, { ...forgetful, maxSessions: 1, whenFull: 'refuse' });
    const session = live(await narrow.load(tokenOf(mine)));
    expect(await session.login('ann')).toEqual({ ok: false, reason: 'full' });
    expect(live(await wide.load(tokenOf(mine))).data).toEqual({ cart: ['book'] });
  });

  for (const act of ['rotation', 'login'] as const) {
    it(`trap 2: a logout beside a ${act} ends what it made, also when its first reply is lost`, async () => {
      const there = shopSessions(await context.driver());
      const mine = await member(there);
      const late = live(
        await shopSessions(askedAgain(await context.driver(), 'destroy')).load(tokenOf(mine)),
      );
      expect(await (act === 'login' ? mine.login('ann') : mine.regenerate())).toEqual({ ok: true });
      expect(await late.destroy()).toBe(true);
      expect(await there.load(tokenOf(mine))).toEqual(revoked);
      expect(await there.list('ann')).toEqual([]);
    });
  }

  for (const act of ['leave', 'forget']) {
    for (const [kind, end] of Object.entries(ends)) {
      it(`trap 2: ${kind} between a lost reply to ${act} and its second asking is not undone`, async () => {
        const there = shopSessions(await context.driver(), both);
        const mine = await member(shopSessions(await context.driver()));
        const driver = askedAgain(await context.driver(), act, { between: () => end(there, mine) });
        const session = live(await shopSessions(driver, both).load(tokenOf(mine)));
        const token = session.token;
        await session.regenerate();
        expect(await there.list('ann')).toHaveLength(kind === 'a logout of all others' ? 1 : 0);
        for (const each of [token, session.token]) expect((await there.load(each ?? '')).ok).toBe(false);
      });
    }
  }

  it('trap 13: requests at the same time as a move to a new secret lose nothing, with the old cookie or the new', async () => {
    const old = shopSessions(await context.driver());
    const mine = await member(old, 'ann', 'phone');
    // Two loads, and for each of two requests the pointer and the place where nothing stands.
    const waiting = counted(await context.driver(), 6);
    const there = shopSessions(waiting.driver, both);
    const early = live(await there.load(tokenOf(mine)));
    live(await there.load(tokenOf(mine)));
    const late: Promise<unknown>[] = [];
    const own = await context.driver();
    const here = shopSessions(
      overtaken(own, 'create', () => {
        early.set('count', 1);
        late.push(early.save(), there.load(tokenOf(mine)));
        return waiting.answered;
      }),
      both,
    );
    const session = live(await here.load(tokenOf(mine)));
    session.set('theme', 'dark');
    expect(await session.renew()).toEqual({ ok: true });
    expect(await passing(Promise.all(late))).toEqual([
      { ok: true },
      { ok: true, session: expect.anything() },
    ]);
    const after = live(await old.load(tokenOf(mine)));
    after.set('n1', 1);
    expect(await after.save()).toEqual({ ok: true });
    expect(after.token).toBeNull();
    expect(live(await there.load(tokenOf(session))).data).toEqual({ theme: 'dark', count: 1, n1: 1 });
    expect((await there.list('ann')).map(({ publicId, label }) => [publicId, label])).toEqual([
      [session.publicId, 'phone'],
    ]);
  });

  it('trap 13: the token against forged requests outlives a move to a new secret', async () => {
    const mine = await member(shopSessions(await context.driver()));
    const token = mine.csrfToken();
    const moved = live(await shopSessions(await context.driver(), both).load(tokenOf(mine)));
    expect(await moved.renew()).toEqual({ ok: true });
    moved.requireCsrf(token);
  });

  it('trap 13: of requests that move a session to a new secret at once one does it, and has the token', async () => {
    const mine = await member(shopSessions(await context.driver()));
    const all = [
      shopSessions(await context.driver(), both),
      shopSessions(await context.driver(), both),
    ] as const;
    const held = await Promise.all(all.map(async (each) => live(await each.load(tokenOf(mine)))));
    // Who finds it on its way waits, and on memory time stands still by itself.
    const outcomes = await passing(Promise.all(held.map((session) => session.regenerate({ fresh: true }))));
    expect(outcomes).toEqual([{ ok: true }, { ok: true }]);
    expect(held.filter(({ token }) => token !== null)).toHaveLength(1);
    expect(new Set(held.map(({ publicId }) => publicId)).size).toBe(1);
    expect(await all[0].list('ann')).toHaveLength(1);
  });

  it('trap 13: whoever came by an id that was rotated away gets no token of a new secret either', async () => {
    const old = shopSessions(await context.driver());
    const mine = await member(old);
    const stolen = tokenOf(mine);
    await mine.regenerate();
    const thief = live(await shopSessions(await context.driver(), both).load(stolen));
    expect(await thief.regenerate({ fresh: true })).toEqual({ ok: true });
    expect(thief.token).toBeNull();
    live(await old.load(tokenOf(mine)));
  });

  it('trap 13: a move that came to nothing half way is waited for, and then told as an outage, never as no session', async () => {
    const driver = await context.driver();
    const mine = await member(shopSessions(driver));
    const lost = new Promise<never>(() => undefined);
    let reached: () => void = () => undefined;
    const left = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const here = shopSessions(
      overtaken(await context.driver(), 'create', () => {
        reached();
        return lost;
      }),
      both,
    );
    void live(await here.load(tokenOf(mine))).regenerate();
    await left;
    const there = shopSessions(driver, both);
    let answer: unknown;
    const asked = there.load(tokenOf(mine), { deadlineMs: 40 }).catch((error: unknown) => {
      answer = error;
    });
    for (let i = 0; answer === undefined && i < 100; i++) await context.advance(5);
    await asked;
    expect(answer).toMatchObject({ code: 'SESSION_UNAVAILABLE', statusCode: 503 });
  });

  it('trap 10: a watch follows its session to a new secret, and is told of its end there at once', async () => {
    const mine = await member(shopSessions(await context.driver()));
    const options = { ...both, recheckMs: '1h' } as const;
    const [here, there] = [
      shopSessions(await context.driver(), options),
      shopSessions(await context.driver(), options),
    ];
    const told: string[] = [];
    let heard: () => void = () => undefined;
    const end = new Promise<void>((resolve) => {
      heard = resolve;
    });
    await live(await here.load(tokenOf(mine))).onRevoked(({ publicId, reason }) => {
      told.push(publicId, reason);
      heard();
    });
    const moved = live(await there.load(tokenOf(mine)));
    await moved.regenerate();
    expect(told).toEqual([]);
    await there.revoke(moved.publicId);
    await end;
    expect(told).toEqual([moved.publicId, 'revoked']);
    await here.close();
  });

  it('a login that is refused as too many leaves the own session as it was', async () => {
    const wide = shopSessions(await context.driver());
    const [mine] = [await member(wide, 'ann', 'mine'), await member(wide), await member(wide)];
    const narrow = shopSessions(await context.driver(), { maxSessions: 1, whenFull: 'refuse' });
    const session = live(await narrow.load(tokenOf(mine)));
    expect(await session.login('ann')).toEqual({ ok: false, reason: 'full' });
    expect(live(await wide.load(tokenOf(mine))).user).toBe('ann');
    expect((await wide.list('ann')).map(({ label }) => label)).toContain('mine');
  });

  it('what was loaded before a migration is not saved into what the session has become, however often it rotated', async () => {
    const driver = await context.driver();
    const old = shopSessions(driver);
    const mine = await visitor(old);
    const stale = live(await old.load(tokenOf(mine)));
    const next = shopSessions(await context.driver(), {
      version: 2,
      migrate: (data) => ({ ...data, theme: 'new' }),
    });
    const migrated = live(await next.load(tokenOf(mine)));
    expect(await migrated.regenerate()).toEqual({ ok: true });
    stale.set('theme', 'old');
    expect(await stale.save()).toEqual({ ok: false, reason: 'superseded' });
    expect(live(await next.load(tokenOf(migrated))).data).toEqual({ cart: ['book'], theme: 'new' });
  });
}
