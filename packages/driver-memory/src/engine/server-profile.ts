import type { DoubleStyle } from '../structures/numbers/format-double.js';

/** The servers an engine can behave as. */
export type Compatibility = '7.0' | '8.0' | '8.6' | 'valkey-8.1' | 'valkey-9';

/** What an engine has to know about the server it behaves as. */
export interface ServerProfile {
  readonly compatibility: Compatibility;
  readonly product: 'redis' | 'valkey';
  /** The release whose replies were recorded. */
  readonly version: string;
  /** What is told to those who ask for a Redis: Valkey names the one it was forked from. */
  readonly redisVersion: string;
  readonly doubles: DoubleStyle;
  /** Behaves as Redis 7.2 changed it. All but 7.0. */
  readonly isLater: boolean;
  /** The version of DUMP's payloads. */
  readonly dumpVersion: number;
}

function profile(
  compatibility: Compatibility,
  version: string,
  dumpVersion: number,
  isLater = true,
): ServerProfile {
  const product = compatibility.startsWith('valkey') ? 'valkey' : 'redis';
  return {
    compatibility,
    product,
    version,
    redisVersion: product === 'valkey' ? '7.2.4' : version,
    doubles: isLater ? 'shortest' : 'seventeen-digits',
    isLater,
    dumpVersion,
  };
}

const profiles: Readonly<Record<Compatibility, ServerProfile>> = {
  '7.0': profile('7.0', '7.0.15', 10, false),
  '8.0': profile('8.0', '8.0.2', 12),
  '8.6': profile('8.6', '8.6.3', 13),
  'valkey-8.1': profile('valkey-8.1', '8.1.1', 11),
  'valkey-9': profile('valkey-9', '9.1.2', 80),
};

/** Every compatibility, oldest first. */
export const compatibilities: readonly Compatibility[] = Object.keys(profiles) as Compatibility[];

/** The profile of a name; undefined for a name that is none. */
export function profileOf(compatibility: string): ServerProfile | undefined {
  return Object.hasOwn(profiles, compatibility) ? profiles[compatibility as Compatibility] : undefined;
}

/** What a script believes it runs on. */
export function luaServer({ product, version }: ServerProfile): {
  readonly name: 'redis' | 'valkey';
  readonly version: string;
} {
  return { name: product, version };
}

/** What an engine is when nothing is said. */
export const defaultProfile: ServerProfile = profiles['7.0'];
