import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { MatrixContext } from '../../src/index.js';

/** A behaviour suite as packages write them. */
export type Suite = (context: MatrixContext) => void;

/** Where packages lie. */
export const packages: string = fileURLToPath(new URL('../../../../packages/', import.meta.url));

/** The suite that shows most of a pattern, by its file: where every minute counts it stands for all of its package. */
export const mainSuites: ReadonlySet<string> = new Set([
  'cache/cache.suite.ts',
  'inventory/reserve.suite.ts',
  'leaderboard/leaderboard.suite.ts',
  'locks/mutex.suite.ts',
  'pubsub/state.suite.ts',
  'queue/queue.suite.ts',
  'ratelimit/handles.suite.ts',
  'session/session.suite.ts',
  'streams/log.suite.ts',
]);

/** The files of a package's suites, within its tests. */
export function suiteFilesOf(name: string): readonly string[] {
  return readdirSync(`${packages}${name}/test`, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.suite.ts'))
    .sort();
}

/** The suites that a file exports. */
export async function suitesOf(name: string, file: string): Promise<readonly Suite[]> {
  const module = (await import(`${packages}${name}/test/${file}`)) as Readonly<Record<string, unknown>>;
  return Object.entries(module).flatMap(([exported, value]) =>
    exported.endsWith('Suite') && typeof value === 'function' ? [value as Suite] : [],
  );
}
