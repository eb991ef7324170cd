import {
  checkObject,
  checkSchema,
  type Duration,
  defaultNamespace,
  durationMs,
  InvalidArgumentError,
  type StandardSchema,
} from '@penknife/core';
import { checkFieldName } from './data/session-fields.js';
import { createKeyRing, type KeyRing, type SessionSecret } from './key-ring.js';

/** The data of sessions when nothing says more: any JSON under any field. */
export type SessionData = { readonly [field: string]: unknown };

/** An old id was used again after its session had moved on: somebody kept it who should not have it, or a response was lost. */
export interface ReplayEvent {
  /** Of the session that the old id had, as far as its pointer tells: the one it became. Safe to log. */
  readonly publicId: string;
  /** True when `replay: 'revoke'` ended everything that the session became. */
  readonly revoked: boolean;
}

/** How sessions are kept. Durations are ms, or text such as `'30m'`. */
export interface SessionOptions<Data extends object> {
  /** Signs cookies and hashes ids and users. The first one makes new ids; the others are still accepted. */
  readonly secrets: readonly SessionSecret[];
  /** A session ends when it was not used for this long. Default `'30m'`. */
  readonly idleMs?: Duration;
  /** A session ends this long after it was made or logged in, whatever happens. Default `'7d'`. */
  readonly absoluteMs?: Duration;
  /** Ids older than this are due for renewal, which adapters do at the end of a request. Default: null, never. */
  readonly renewalMs?: Duration | null;
  /** Idle time that must be used up before a use is written. Default: a tenth of `idleMs`, at most `'1m'`. */
  readonly touchAfterMs?: Duration;
  /** How long parallel requests may still use an id that was rotated away. Default `'10s'`. */
  readonly overlapMs?: Duration;
  /** How long a rotated id is remembered, so that its use is noticed. Default `'1d'`. */
  readonly replayWatchMs?: Duration;
  /** How long an ended session's key is blocked. Default `'5m'`. */
  readonly tombstoneMs?: Duration;
  /** `'report'` tells `onReplay` alone; `'revoke'` also ends whatever the session became. Default `'report'`. */
  readonly replay?: 'report' | 'revoke';
  readonly onReplay?: (event: ReplayEvent) => void;
  /**
   * How long the keys of a session that ran out stay, so that `onExpired` can tell of it. Default 0: nothing is told, and
   * a new id costs no command more. All processes must agree.
   */
  readonly keepEndedMs?: Duration;
  /** How often sessions with an `onRevoked` are looked at, besides what is told. Default `'30s'`. */
  readonly recheckMs?: Duration;
  /** Sessions one user may have at a time, 1 to 1000. Default 50. */
  readonly maxSessions?: number;
  /** What a login above the maximum does. Default `'evict-oldest'`. */
  readonly whenFull?: 'evict-oldest' | 'refuse';
  /**
   * Checks the data when it is loaded and before it is saved. Fields should be optional: a new session is empty. It only checks:
   * what it would change, such as a default, is not taken over.
   */
  readonly schema?: StandardSchema<unknown, Data>;
  /** Version of the data, 1 to 9999. Sessions of another version are taken for absent, unless `migrate` knows them. Default 1. */
  readonly version?: number;
  /** Turns the data of an older version into today's; undefined: cannot. What it throws is reported, and counts as cannot. */
  readonly migrate?: (data: SessionData, fromVersion: number) => Data | undefined;
  /**
   * Fields that the server keeps sealed (AES-256-GCM, under the secrets of the ring). One that stands there in plain text counts as
   * absent; one that was sealed and then changed makes its session unreadable.
   */
  readonly sealed?: readonly (keyof Data & string)[];
  /** Most data fields, 1 to 256. Default 64. */
  readonly maxFields?: number;
  /** Most bytes of all fields' names and values (as JSON), up to 1 MiB. Default 8192. */
  readonly maxBytes?: number;
  /** First part of every key. Default `'pk'`. */
  readonly namespace?: string;
  /** How long one act may take, all its commands together, in ms. Default 5000. */
  readonly deadlineMs?: number;
}

/** Options with everything decided. */
export interface ResolvedOptions<Data extends object> {
  readonly ring: KeyRing;
  readonly idleMs: number;
  readonly absoluteMs: number;
  readonly renewalMs: number | null;
  readonly touchAfterMs: number;
  readonly overlapMs: number;
  readonly replayWatchMs: number;
  readonly tombstoneMs: number;
  readonly replay: 'report' | 'revoke';
  readonly onReplay: ((event: ReplayEvent) => void) | undefined;
  readonly keepEndedMs: number;
  readonly recheckMs: number;
  readonly maxSessions: number;
  readonly whenFull: 'evict-oldest' | 'refuse';
  readonly schema: StandardSchema<unknown, Data> | undefined;
  readonly version: number;
  readonly migrate: SessionOptions<Data>['migrate'];
  readonly sealed: ReadonlySet<string>;
  readonly maxFields: number;
  readonly maxBytes: number;
  readonly namespace: string;
  readonly deadlineMs: number;
}

const minute = 60_000;
const longest = { minMs: 1, maxMs: 400 * 86_400_000 };

/** Resolves the options once; throws `InvalidArgumentError`. */
export function resolveOptions<Data extends object>(options: SessionOptions<Data>): ResolvedOptions<Data> {
  checkObject('options', options);
  const { schema, onReplay, migrate } = options;
  checkFunction('onReplay', onReplay);
  checkFunction('migrate', migrate);
  if (schema !== undefined) checkSchema('schema', schema);
  const idleMs = durationMs(options.idleMs ?? '30m', 'idleMs', longest);
  const absoluteMs = durationMs(options.absoluteMs ?? '7d', 'absoluteMs', longest);
  const { renewalMs = null, replay = 'report', whenFull = 'evict-oldest', deadlineMs = 5000 } = options;
  if (replay !== 'report' && replay !== 'revoke') {
    throw new InvalidArgumentError('replay', "must be 'report' or 'revoke'", replay);
  }
  if (whenFull !== 'evict-oldest' && whenFull !== 'refuse') {
    throw new InvalidArgumentError('whenFull', "must be 'evict-oldest' or 'refuse'", whenFull);
  }
  return {
    ring: createKeyRing(options.secrets),
    idleMs,
    absoluteMs,
    renewalMs: renewalMs === null ? null : durationMs(renewalMs, 'renewalMs', longest),
    touchAfterMs: durationMs(
      options.touchAfterMs ?? Math.min(minute, Math.floor(idleMs / 10)),
      'touchAfterMs',
      { maxMs: idleMs - 1 },
    ),
    overlapMs: durationMs(options.overlapMs ?? '10s', 'overlapMs', { maxMs: 5 * minute }),
    replayWatchMs: durationMs(options.replayWatchMs ?? '1d', 'replayWatchMs', longest),
    tombstoneMs: durationMs(options.tombstoneMs ?? '5m', 'tombstoneMs', { minMs: 1000, maxMs: 86_400_000 }),
    replay,
    onReplay,
    keepEndedMs: durationMs(options.keepEndedMs ?? 0, 'keepEndedMs', { maxMs: longest.maxMs }),
    recheckMs: durationMs(options.recheckMs ?? '30s', 'recheckMs', { minMs: 10, maxMs: 86_400_000 }),
    maxSessions: whole('maxSessions', options.maxSessions ?? 50, 1000),
    whenFull,
    schema,
    version: whole('version', options.version ?? 1, 9999),
    migrate,
    sealed: sealedFields(options.sealed ?? []),
    maxFields: whole('maxFields', options.maxFields ?? 64, 256),
    maxBytes: whole('maxBytes', options.maxBytes ?? 8192, 1_048_576),
    namespace: options.namespace ?? defaultNamespace,
    deadlineMs: durationMs(deadlineMs, 'deadlineMs', { minMs: 1 }),
  };
}

function checkFunction(argument: string, given: unknown): void {
  if (given !== undefined && typeof given !== 'function')
    throw new InvalidArgumentError(argument, 'must be a function', typeof given);
}

function sealedFields(names: readonly string[]): ReadonlySet<string> {
  if (!Array.isArray(names))
    throw new InvalidArgumentError('sealed', 'must be a list of fields', typeof names);
  for (const name of names) checkFieldName(name, 'sealed');
  return new Set(names);
}

function whole(argument: string, value: number, most: number): number {
  if (!Number.isSafeInteger(value) || value < 1 || value > most) {
    throw new InvalidArgumentError(argument, `must be a whole number from 1 to ${most}`, value);
  }
  return value;
}
