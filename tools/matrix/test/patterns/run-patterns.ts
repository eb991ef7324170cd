import { vi } from 'vitest';
import { type Column, overMatrix } from '../../src/index.js';
import { fullTier } from '../contract/run-in-columns.js';
import { mainSuites, suiteFilesOf, suitesOf } from './pattern-suites.js';

/** A column, and whether every suite runs in it in full runs: servers run scripts in ways of their own, ways in to them do not. */
export interface PatternColumn {
  readonly column: Column;
  readonly whole: boolean;
}

/** Soaks of minutes, on the servers of every day: how long they last is what they are about. */
export const soaks: ReadonlySet<string> = new Set([
  'inventory/soak.suite.ts',
  'locks/soak.suite.ts',
  'queue/soak.suite.ts',
  'session/processes.suite.ts',
  'streams/fire.suite.ts',
]);

/** Every pattern, by its name. */
export const patterns: readonly string[] = [...mainSuites].map((file) => file.slice(0, file.indexOf('/')));

/** Runs the patterns in columns that their own tests do not know: the main suite of each, or every one. */
export async function runPatterns(columns: readonly PatternColumn[]): Promise<void> {
  vi.setConfig({ testTimeout: fullTier ? 180_000 : 40_000 });
  for (const { column, whole } of columns) {
    const all = whole && fullTier;
    for (const name of patterns) {
      const files = suiteFilesOf(name).filter((file) =>
        all ? !soaks.has(`${name}/${file}`) : mainSuites.has(`${name}/${file}`),
      );
      const suites = (await Promise.all(files.map((file) => suitesOf(name, file)))).flat();
      overMatrix(
        `${name}, ${all ? 'its suites' : 'its main suite'}`,
        (context) => {
          for (const suite of suites) suite(context);
        },
        // All suites of a pattern in one column, those among them whose own tests turn the slow log off with a reason (large
        // messages, thousands of commands at once). What is slow by its script is found there, on the servers of every day.
        { columns: [column], slowLog: false },
      );
    }
  }
}
