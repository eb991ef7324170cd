/**
 * Why a session is not there any more. `ended`: it ran out, or never was. `revoked`: it was logged out, revoked or evicted.
 * `superseded`: a login or a migration took its place. `unreadable`: not of this program.
 */
export type Gone = 'ended' | 'revoked' | 'superseded' | 'unreadable';

/** What saving did: all changes, or none. `conflict`: fields that others changed first, where that was asked about. */
export type SaveOutcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: Gone }
  | { readonly ok: false; readonly reason: 'conflict'; readonly fields: readonly string[] };

/** What a login did. `full`: the user has as many sessions as allowed, and `whenFull` says to refuse. */
export type LoginOutcome = SaveOutcome | { readonly ok: false; readonly reason: 'full' };

/** The reason for a state that is not live. */
export function goneBy(state: string): Gone {
  switch (state) {
    case 'revoked':
      return 'revoked';
    case 'superseded':
    case 'generation':
      return 'superseded';
    case 'foreign':
    case 'taken':
      return 'unreadable';
    default:
      return 'ended';
  }
}
