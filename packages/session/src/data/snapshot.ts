import { reportListenerError, validate } from '@penknife/core';
import type { ResolvedOptions, SessionData } from '../options.js';
import { type FieldCodec, readFieldText } from './field-text.js';
import { isFieldName } from './session-fields.js';

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
  /** Field (with its first character) and text, as stored: data and flash messages. */
  readonly stored: ReadonlyMap<string, string>;
  /** The data under today's version, when it was stored under an older one. */
  readonly migrated: SessionData | undefined;
}

/** What reading data needs of the options. */
export type DataRules<Data extends object> = Pick<ResolvedOptions<Data>, 'schema' | 'version' | 'migrate'>;

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

/** What of an answer's fields is data or a flash message. */
export function storedData(fields: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const stored = new Map<string, string>();
  for (const [name, text] of fields) if (name.startsWith('.') || name.startsWith('!')) stored.set(name, text);
  return stored;
}

/**
 * Reads a session. Null when this program cannot read it: another codec or version, fields that are not ours, data that does
 * not fit the schema, a migration that fails. Such a session counts as absent and is left as it is.
 */
export async function readSnapshot<Data extends object>(
  fields: ReadonlyMap<string, string>,
  nowMs: number,
  rules: DataRules<Data>,
  fieldCodec: FieldCodec,
): Promise<(Snapshot & { readonly data: SessionData }) | null> {
  const marker = fields.get('@') ?? '';
  const version = Number(marker.slice(3));
  if (!marker.startsWith(`L1${codec}`) || !Number.isSafeInteger(version) || version < 1) return null;
  const stored = storedData(fields);
  let data: SessionData | undefined = decoded(stored, nowMs, fieldCodec);
  if (data === undefined) return null;
  const migrated = version !== rules.version;
  if (migrated) {
    data = version < rules.version ? migratedBy(rules.migrate, data, version) : undefined;
    if (data === undefined) return null;
  }
  if (rules.schema !== undefined && !(await fits(rules.schema, data))) return null;
  return { facts: factsOf(fields), stored, migrated: migrated ? data : undefined, data };
}

function migratedBy(
  migrate: ((data: SessionData, from: number) => unknown) | undefined,
  data: SessionData,
  from: number,
): SessionData | undefined {
  try {
    const today = migrate?.(data, from);
    return typeof today === 'object' && today !== null ? (today as SessionData) : undefined;
  } catch (error) {
    // A session that cannot be brought to today is no reason to answer 500.
    reportListenerError(error);
    return undefined;
  }
}

function decoded(
  stored: ReadonlyMap<string, string>,
  nowMs: number,
  fieldCodec: FieldCodec,
): SessionData | undefined {
  const data: Record<string, unknown> = {};
  for (const [field, text] of stored) {
    const name = field.slice(1);
    const { body, untilMs } = readFieldText(text);
    if (!isFieldName(name)) return undefined;
    if (untilMs !== null && untilMs <= nowMs) continue;
    const json = fieldCodec.open(name, body);
    if (json === undefined) continue;
    try {
      const value = JSON.parse(json ?? '');
      if (field.startsWith('.')) data[name] = value;
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
