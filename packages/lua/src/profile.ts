import { preciseNumber, shortestNumber } from './runtime/number-format.js';

/** Which server a script believes it runs on. */
export interface ServerProfile {
  /** `valkey` adds the global `server` beside `redis`. Default `redis`. */
  readonly name?: 'redis' | 'valkey';
  /** Default 7.0.15. */
  readonly version?: string;
  /** How fractions are handed to commands: `%.17g` (Redis 7) or the shortest text (Redis 8, Valkey). Default by version. */
  readonly numbers?: 'precise' | 'shortest';
}

/** A profile with its defaults filled in. */
export interface ResolvedProfile {
  readonly name: 'redis' | 'valkey';
  readonly version: string;
  readonly versionNumber: number;
  readonly commandNumber: (value: number) => string;
  /** Whether uncaught errors name the script: not since Valkey 9. */
  readonly namesScripts: boolean;
}

/** Fills in a profile; throws TypeError for a name or a way of numbers there is none of, or a version that is not three numbers. */
export function resolveProfile(profile: ServerProfile = {}): ResolvedProfile {
  const { name = 'redis', version = '7.0.15' } = profile;
  const parts = /^(\d+)\.(\d+)\.(\d+)$/.exec(version);
  if (!parts) throw new TypeError(`version must look like 7.0.15, got ${JSON.stringify(version)}`);
  refuseUnknown('server.name', name, ['redis', 'valkey']);
  if (profile.numbers !== undefined)
    refuseUnknown('server.numbers', profile.numbers, ['precise', 'shortest']);
  const [major, minor, patch] = parts.slice(1).map(Number) as [number, number, number];
  const numbers = profile.numbers ?? (name === 'redis' && major < 8 ? 'precise' : 'shortest');
  return {
    name,
    version,
    versionNumber: (major << 16) | (minor << 8) | patch,
    namesScripts: name === 'redis' || major < 9,
    commandNumber: numbers === 'precise' ? preciseNumber : shortestNumber,
  };
}

/** Throws TypeError for a word that is none of these. */
export function refuseUnknown(name: string, word: unknown, known: readonly string[]): void {
  if (known.includes(word as string)) return;
  const words = known.map((one) => `'${one}'`).join(' or ');
  throw new TypeError(`${name} must be ${words}, got ${JSON.stringify(word)}`);
}
