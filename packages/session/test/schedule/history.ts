/**
 * A session as its owner means it: from its start or login to its end, whatever its ids. A login makes another one, which
 * takes over what was saved.
 */
export interface Identity {
  readonly user: string | null;
  readonly from: Identity | undefined;
  /** Fields whose saving was acknowledged. */
  readonly saved: Set<string>;
  counted: number;
  /** An acknowledged end. */
  killed: boolean;
  /** An end was tried, or may have met it at its login: it may be gone without an acknowledgement. */
  mayEnd: boolean;
  /** A login took its place. */
  left: boolean;
  /** Logins under way: while one of them may yet be refused as too many, its session is neither here nor there. */
  leaving: number;
  /** Acts that were refused because it was gone. */
  readonly refused: string[];
}

/** What happened, and what must not have: an end that was undone, a save that was lost. */
export class History {
  readonly identities: Identity[] = [];
  readonly tokens: Map<string, Identity> = new Map();
  readonly complaints: string[] = [];
  readonly tally: Record<string, number> = {};
  readonly #revocations: { readonly user: string; running: boolean }[] = [];

  begin(token: string, user: string | null, from?: Identity): Identity {
    const identity: Identity = {
      user,
      from,
      saved: new Set<string>(),
      counted: 0,
      // A visitor's logout ends what it logs in to, and so does the end of all sessions of the user; another user's session goes on.
      killed: from?.killed === true && (from.user === null || from.user === user),
      mayEnd: false,
      left: false,
      leaving: 0,
      refused: [],
    };
    if (from !== undefined) from.left = true;
    this.identities.push(identity);
    this.tokens.set(token, identity);
    return identity;
  }

  /** An end was tried of a session, and with it of all that logins made of it. */
  mayEnd(identity: Identity): void {
    identity.mayEnd = true;
    for (const each of this.identities) if (each.from?.mayEnd) each.mayEnd = true;
  }

  /** An act of this kind was acknowledged; `wasKilled`: its session had already ended when it began. */
  acknowledge(kind: string, wasKilled: boolean): void {
    this.tally[kind] = (this.tally[kind] ?? 0) + 1;
    if (wasKilled) this.complaints.push(`resurrection: ${kind} of a session that had ended`);
  }

  /** An act was told that its session is gone: then it must not be there in the end. */
  refuse(identity: Identity, kind: string): void {
    if (identity.leaving === 0) identity.refused.push(kind);
  }

  /** Notes the end of all sessions of a user but one, as far as they were known when it began. */
  async revoke(
    user: string,
    but: Identity | undefined,
    run: (user: string) => Promise<boolean>,
  ): Promise<void> {
    const known = this.identities.filter((each) => each.user === user && each !== but);
    const revocation = { user, running: true };
    this.#revocations.push(revocation);
    if (await run(user)) {
      for (const each of known) each.killed = true;
      this.tally.revoked = (this.tally.revoked ?? 0) + 1;
    }
    revocation.running = false;
  }

  /** Tells later whether no revocation of the user ran since now. */
  watchUser(user: string): () => boolean {
    const count = this.#revocations.length;
    const disturbed = this.#revocations.some((each) => each.user === user && each.running);
    return () => !disturbed && !this.#revocations.slice(count).some((each) => each.user === user);
  }

  /** What stands in the end under a token, against what was acknowledged. */
  compare(token: string, data: Readonly<Record<string, unknown>> | null): void {
    const identity = this.tokens.get(token) as Identity;
    if (data === null) {
      if (!identity.killed && !identity.left && !identity.mayEnd)
        this.complaints.push('lost session: nothing ended it');
      return;
    }
    if (identity.killed) this.complaints.push('resurrection: alive in the end');
    if (identity.left) this.complaints.push('resurrection: alive under the id from before a login');
    for (const kind of identity.refused) this.complaints.push(`dropped: ${kind} of a session that lives`);
    let counted = 0;
    for (let at: Identity | undefined = identity; at !== undefined; at = at.from) {
      counted += at.counted;
      for (const field of at.saved) {
        if (!(field in data)) this.complaints.push(`lost update: ${field}`);
      }
    }
    if ((data.count ?? 0) !== counted) {
      this.complaints.push(`lost update: ${String(data.count)} of ${counted} counted`);
    }
  }
}
