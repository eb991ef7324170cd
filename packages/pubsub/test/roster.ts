import type { Membership, RosterListener } from '../src/index.js';

/** A listener that keeps what it hears, in words. */
export function roster(): RosterListener & { readonly heard: string[] } {
  const heard: string[] = [];
  return {
    heard,
    present: (users) => void heard.push(`present ${users.map(({ user }) => user).join(',')}`.trim()),
    joined: ({ user }) => void heard.push(`+${user}`),
    left: ({ user }) => void heard.push(`-${user}`),
  };
}

/** The membership of a join that is not refused. */
export async function member(joining: Promise<Membership | 'full'>): Promise<Membership> {
  const membership = await joining;
  if (membership === 'full') throw new Error('the room is full');
  return membership;
}
