import type { Invalidated } from '../commands/log-commands.js';

/** A message about invalidations: `<origin> <position of the last> <channel to confirm on | -> <kind> <id> <kind> <id>…`. */
export interface News {
  readonly origin: string;
  /** Of the last of them; those before have the positions before. */
  readonly position: number;
  readonly confirmOn: string | undefined;
  readonly invalidated: readonly Invalidated[];
}

/** Reads a message; undefined when it is none. */
export function parseNews(text: string): News | undefined {
  const [origin = '', position = '', confirmOn = '', ...rest] = text.split(' ');
  if (!/^\d+$/.test(position) || rest.length === 0 || rest.length % 2 !== 0) return undefined;
  const invalidated: Invalidated[] = [];
  for (let i = 0; i < rest.length; i += 2) {
    invalidated.push({ kind: rest[i] as Invalidated['kind'], id: rest[i + 1] as string });
  }
  return {
    origin,
    position: Number(position),
    confirmOn: confirmOn === '-' ? undefined : confirmOn,
    invalidated,
  };
}

/** What a process says on the channel once it has applied everything up to a position. */
export function confirmation(origin: string, position: number, member: string): string {
  return `${origin} ${position} ${member}`;
}
