import type { Driver } from '@penknife/core';
import { workerDriver } from '@penknife/matrix/worker';
import { answerParent } from '@penknife/testing';
import type { Session, SessionSecret, Sessions } from '../../src/index.js';
import { type Shop, shopSessions, tokenOf } from '../sample.js';
import { type PlantedBug, withBug } from './planted-bug.js';

/** What a request does with its session, after so many turns to the server for something else. */
export interface Request {
  readonly token: string;
  readonly kind: 'save' | 'login' | 'regenerate' | 'destroy' | 'revoke' | 'others';
  readonly field: `n${number}`;
  readonly user: string;
  readonly turns: number;
}

/** What came of it. */
export interface Answered {
  readonly loaded: boolean;
  readonly done: boolean;
  /** Known to the request that has it. */
  readonly token: string | null;
}

const driver: Driver = workerDriver();
let sessions: Sessions<Shop> = shopSessions(driver);

async function act(session: Session<Shop>, { kind, field, user }: Request): Promise<boolean> {
  switch (kind) {
    case 'save':
      session.set(field, 1);
      return (await session.save()).ok;
    case 'login':
      return (await session.login(user)).ok;
    case 'regenerate':
      return (await session.regenerate()).ok;
    case 'destroy':
      return session.destroy();
    case 'revoke':
      return sessions.revoke(session.publicId);
    case 'others':
      // A planted bug makes sessions anew that have no user.
      return session.user !== null && session.revokeOthers();
  }
}

const acts = {
  /** Before all else: with which secrets, and which bug. */
  open(secrets: readonly SessionSecret[], bug: PlantedBug | undefined): void {
    sessions = shopSessions(withBug(driver, bug), { secrets });
  },
  async begin(user: string): Promise<string> {
    const session = sessions.start();
    await session.login(user);
    return tokenOf(session);
  },
  async request(request: Request): Promise<Answered> {
    const found = await sessions.load(request.token);
    if (!found.ok) return { loaded: false, done: false, token: null };
    const { session } = found;
    for (let i = 0; i < request.turns; i++) await driver.send({ args: ['PING'], read: String });
    const done = await act(session, request);
    return { loaded: true, done, token: session.token };
  },
  revokeAll: (user: string): Promise<boolean> => sessions.revokeAll(user),
  async data(token: string): Promise<Readonly<Record<string, unknown>> | null> {
    const found = await sessions.load(token);
    return found.ok ? { ...found.session.data } : null;
  },
};

/** For the types of the test. */
export type Acts = typeof acts;

answerParent(acts);
