import { jsonCodec, reportListenerError, validate } from '@penknife/core';
import type { FoundSession } from '../answer.js';
import type { ResolvedOptions, SessionData } from '../options.js';
import { type FieldCodec, readFieldText } from './field-text.js';
import { type SessionFacts, versionOf } from './session-facts.js';
import { isFieldName } from './session-fields.js';

/** A session as it was read. */
export interface Snapshot {
  readonly facts: SessionFacts;
  readonly nowMs: number;
  /** Field (with its first character) and text, as stored: data and flash messages. */
  readonly stored: Map<string, string>;
  readonly data: SessionData;
  /** The data under today's version, when it was stored under an older one. */
  readonly migrated: SessionData | undefined;
}

/** What reading data needs of the options. */
export type DataRules<Data extends object> = Pick<ResolvedOptions<Data>, 'schema' | 'version' | 'migrate'>;

/**
 * Reads a session. Null when this program cannot read it: another codec or version, fields that are not ours, data that does
 * not fit the schema, a migration that fails. Such a session counts as absent and is left as it is.
 */
export async function readSnapshot<Data extends object>(
  { facts, nowMs, stored }: FoundSession,
  rules: DataRules<Data>,
  fieldCodec: FieldCodec,
): Promise<Snapshot | null> {
  const version = versionOf(facts.marker);
  if (version === null) return null;
  let data = decoded(stored, nowMs, fieldCodec);
  if (data === undefined) return null;
  const migrated = version !== rules.version;
  if (migrated) {
    data = version < rules.version ? migratedBy(rules.migrate, data, version) : undefined;
    if (data === undefined) return null;
  }
  if (rules.schema !== undefined && !(await fits(rules.schema, data))) return null;
  return { facts, nowMs, stored, data, migrated: migrated ? data : undefined };
}

function migratedBy(
  migrate: ((data: SessionData, from: number) => unknown) | undefined,
  data: SessionData,
  from: number,
): SessionData | undefined {
  try {
    const today = migrate?.(data, from);
    if (!isData(today)) return undefined;
    // What has no JSON form throws here, and not when it is saved.
    for (const value of Object.values(today)) jsonCodec.encode(value);
    return today;
  } catch (error) {
    // A session that cannot be brought to today is no reason to answer 500.
    reportListenerError(error);
    return undefined;
  }
}

function isData(value: unknown): value is SessionData {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.keys(value).every(isFieldName)
  );
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
