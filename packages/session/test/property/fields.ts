import type { Driver, ManualClock } from '@penknife/core';
import type { FieldCodec } from '../../src/data/field-text.js';
import type { KeyRing } from '../../src/key-ring.js';
import { keyOf, live, shopSessions, tokenOf, visitor } from '../sample.js';

/** What a check found wrong; nothing when all is as it should be. */
export type Complaints = readonly string[];

const unless = (holds: boolean, complaint: string): Complaints => (holds ? [] : [complaint]);

/** Messages that two requests leave at once are all there for the next one, once. */
export async function flashComplaints(driver: Driver): Promise<Complaints> {
  const sessions = shopSessions(driver);
  const token = tokenOf(await visitor(sessions));
  const both = [live(await sessions.load(token)), live(await sessions.load(token))];
  for (const [i, session] of both.entries()) {
    session.flash('note', i);
    await session.save();
  }
  const next = live(await sessions.load(token));
  const shown = next.takeFlash('note');
  await next.save();
  const again = live(await sessions.load(token)).takeFlash('note');
  return [
    ...unless(shown.includes(0) && shown.includes(1), 'a message was lost'),
    ...unless(again.length === 0, 'a message was shown twice'),
  ];
}

/** A field holds for its time and no longer, and does not stay on the server beyond the next save. */
export async function fieldLifeComplaints(driver: Driver, clock: ManualClock): Promise<Complaints> {
  const sessions = shopSessions(driver);
  const session = await visitor(sessions);
  session.set('theme', 'dark', { ttlMs: 1000 });
  await session.save();
  await clock.advance(999);
  const early = live(await sessions.load(tokenOf(session))).get('theme');
  await clock.advance(1);
  const late = live(await sessions.load(tokenOf(session)));
  late.set('count', 1);
  await late.save();
  const key = keyOf(session);
  const kept = await driver.send({ args: ['HEXISTS', key, '.theme'], key, read: Number });
  return [
    ...unless(early === 'dark', 'a field ended before its time'),
    ...unless(late.get('theme') === undefined, 'a field outlived its time'),
    ...unless(kept === 0, 'what ran out stays on the server'),
  ];
}

/** What is sealed can be read by its ring under its name, and by nobody else. */
export function sealComplaints({ encode, open }: FieldCodec): Complaints {
  const body = encode('secret', 'a very private text');
  const changed = [...body].map((character, at) => {
    const other = character === 'A' ? 'B' : 'A';
    return body.slice(0, at) + other + body.slice(at + 1);
  });
  const opensChanged = changed.filter((text) => typeof open('secret', text) === 'string');
  return [
    ...unless(open('secret', body) === '"a very private text"', 'it does not open'),
    ...unless(!`${body}${Buffer.from(body.slice(3), 'base64url')}`.includes('private'), 'it is legible'),
    ...unless(encode('secret', 'a very private text') !== body, 'the same text looks the same'),
    ...unless(typeof open('second', body) !== 'string', 'it opens under another name'),
    ...unless(open('secret', '"forged"') === undefined, 'plain text is taken for it'),
    // The last character holds bits that no byte needs: another one may read alike.
    ...unless(opensChanged.length <= 1, 'it opens though it was changed'),
  ];
}

/** A token against forged requests is good for its subject, under every secret of the ring, and for nothing else. */
export function csrfComplaints(ring: KeyRing, older: KeyRing, random: Driver['random']): Complaints {
  const token = ring.csrfToken('subject', random);
  const changed = [...token].map((character, at) => {
    const other = character === 'A' ? 'B' : 'A';
    return token.slice(0, at) + other + token.slice(at + 1);
  });
  const accepted = changed.filter((text) => ring.isCsrfToken('subject', text));
  return [
    ...unless(ring.isCsrfToken('subject', token), 'its own token is refused'),
    ...unless(ring.isCsrfToken('subject', older.csrfToken('subject', random)), 'an older secret is refused'),
    ...unless(!ring.isCsrfToken('another', token), 'a token of another subject is accepted'),
    ...unless(accepted.length <= 1, 'a changed token is accepted'),
    ...unless(
      !['', 'x', null, token.slice(1)].some((text) => ring.isCsrfToken('subject', text)),
      'rubbish is accepted',
    ),
    ...unless(ring.csrfToken('subject', random) !== token, 'a token looks the same each time'),
  ];
}
