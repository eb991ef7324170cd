import { InvalidArgumentError } from '@penknife/core';

/** The longest member, in bytes of UTF-8. */
export const longestMember = 512;

/** Checks a member's name: text of 1 to 512 bytes in UTF-8, without lone surrogates, which UTF-8 cannot tell apart. */
export function checkMember(member: string, argument = 'member'): string {
  if (
    typeof member !== 'string' ||
    member.length === 0 ||
    member.length > longestMember ||
    Buffer.byteLength(member) > longestMember ||
    /\p{Surrogate}/u.test(member)
  ) {
    throw new InvalidArgumentError(
      argument,
      `must be well-formed text of 1 to ${longestMember} bytes`,
      member,
    );
  }
  return member;
}

/** Checks a list of members: at most `most`, none twice. */
export function checkMembers(members: readonly string[], most: number): readonly string[] {
  if (!Array.isArray(members) || members.length > most) {
    throw new InvalidArgumentError('members', `must be a list of at most ${most}`, members);
  }
  for (const member of members) checkMember(member, 'members');
  if (new Set(members).size < members.length) {
    throw new InvalidArgumentError('members', 'must not name a member twice', members);
  }
  return members;
}

/** The order in which a server keeps members of equal score: by the bytes of their UTF-8, not by UTF-16 units. */
export function byBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
