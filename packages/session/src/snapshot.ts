import { validate } from '@penknife/core';
import { isFieldName } from './fields.js';
import type { ResolvedOptions, SessionData } from './options.js';

/** What a session is, besides its data. Times are ms of the server's clock. */
export interface SessionFacts {
  readonly generation: string;
  readonly user: string | null;
  readonly createdMs: number;
  readonly seenMs: number;
  readonly rotatedMs: number;
  readonly freshMs: number;
  readonly endsMs: number;
}

/** A session as it was read. */
export interface Snapshot {
  readonly facts: SessionFacts;
  /** Field and JSON, as stored. */
  readonly stored: ReadonlyMap<string, string>;
  /** The data under today's version, when it was stored under an older one. */
  readonly migrated: SessionData | undefined;
}

const codec = 'j';

/** The marker that sessions of this version carry. */
export function markerOf(version: number): string {
  return `L1${codec}${version}`;
}

/** Reads facts from the fields of a live answer. */
export function factsOf(fields: ReadonlyMap<string, string>): SessionFacts {
  const createdMs = Number(fields.get('b') ?? Number.NaN);
  const ms = (name: string): number => Number(fields.get(name) ?? createdMs);
  return {
    generation: fields.get('g') ?? '',
    user: fields.get('u') ?? null,
    createdMs,
    seenMs: ms('s'),
    rotatedMs: ms('r'),
    freshMs: ms('f'),
    endsMs: ms('e'),
  };
}

/** The data among the fields of an answer. */
export function storedData(fields: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const stored = new Map<string, string>();
  for (const [name, text] of fields) if (name.startsWith('.')) stored.set(name.slice(1), text);
  return stored;
}

/**
 * Reads a live session. Null when this program cannot read it: another codec or version, fields that are not ours, data
 * that does not fit the schema. Such a session counts as absent and is left as it is.
 */
export async function readSnapshot<Data extends object>(
  fields: ReadonlyMap<string, string>,
  options: Pick<ResolvedOptions<Data>, 'schema' | 'version' | 'migrate'>,
): Promise<Snapshot | null> {
  const marker = fields.get('@') ?? '';
  const version = Number(marker.slice(3));
  if (!marker.startsWith(`L1${codec}`) || !Number.isSafeInteger(version) || version < 1) return null;
  const stored = storedData(fields);
  let data: SessionData | undefined = decoded(stored);
  if (data === undefined) return null;
  const migrated = version !== options.version;
  if (migrated) {
    data =
      version < options.version ? (options.migrate?.(data, version) as SessionData | undefined) : undefined;
    if (data === undefined) return null;
  }
  if (options.schema !== undefined && !(await fits(options.schema, data))) return null;
  return { facts: factsOf(fields), stored, migrated: migrated ? data : undefined };
}

function decoded(stored: ReadonlyMap<string, string>): SessionData | undefined {
  const data: Record<string, unknown> = {};
  for (const [name, text] of stored) {
    if (!isFieldName(name)) return undefined;
    try {
      data[name] = JSON.parse(text);
    } catch {
      return undefined;
    }
  }
  return data;
}

async function fits(schema: Parameters<typeof validate>[0], data: unknown): Promise<boolean> {
  try {
    await validate(schema, data, 'session');
    return true;
  } catch {
    return false;
  }
}
