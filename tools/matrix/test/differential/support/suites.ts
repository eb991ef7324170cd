import type fc from 'fast-check';
import { families, mixed } from '../families/index.js';
import { equalItems } from './equal-items.js';
import { programsOf } from './family.js';
import { scriptPrograms, timedPrograms, transactionPrograms } from './mixed-programs.js';
import type { Program } from './program.js';

/** Random programs of one kind, and how many of them CI's tier runs. */
export interface Suite {
  readonly name: string;
  readonly programs: fc.Arbitrary<Program>;
  readonly numRuns: number;
}

/** Everything that is compared program by program. */
export const suites: readonly Suite[] = [
  ...families.map((family) => ({ name: family.name, programs: programsOf(family), numRuns: 130 })),
  { name: mixed.name, programs: programsOf(mixed), numRuns: 200 },
  { name: 'transactions', programs: transactionPrograms, numRuns: 150 },
  { name: 'commands in scripts', programs: scriptPrograms, numRuns: 150 },
  { name: 'equal items', programs: equalItems, numRuns: 60 },
  { name: 'keys that end', programs: timedPrograms, numRuns: 40 },
];
