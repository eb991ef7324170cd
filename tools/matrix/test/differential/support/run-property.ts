import fc from 'fast-check';
import { compare, type Difference, shownDifference } from './compare.js';
import { commandCount, type Program } from './program.js';
import type { Side, Tampering } from './side.js';

/** True in the long tier, where every property runs many times as often. */
export const fullTier: boolean = process.env.PENKNIFE_TIER === 'full';

/** The seed of every property: PENKNIFE_SEED, else always the same, so that a commit is green or is not. Each night brings a new one. */
export const seed: number = Number(process.env.PENKNIFE_SEED || 20260101);

/** The seed by which planted bugs are looked for, whatever the seed of the run is: whether one is found is not left to chance. */
export const plantedSeed = 20260101;

/** How often a property runs in this tier. */
export function runs(ciRuns: number): number {
  return fullTier ? ciRuns * 12 : ciRuns;
}

/** The two that are compared. */
export interface Sides {
  readonly reference: Side;
  readonly memory: Side;
}

/** What a property did. */
export interface Comparison {
  /** The shortest program that differs, if any was found. */
  readonly difference: Difference | undefined;
  /** Commands compared, those of shrinking not counted. */
  readonly commands: number;
}

/** Compares random programs until one differs; that one is shrunk. */
export async function compareMany(
  { reference, memory }: Sides,
  programs: fc.Arbitrary<Program>,
  numRuns: number,
  planted?: Tampering,
): Promise<Comparison> {
  let difference: Difference | undefined;
  let commands = 0;
  const outcome = await fc.check(
    fc.asyncProperty(programs, async (program) => {
      const found = await compare(reference, memory, program, planted);
      if (found !== undefined) difference = found;
      else if (difference === undefined) commands += commandCount(program);
      return found === undefined;
    }),
    { seed: planted === undefined ? seed : plantedSeed, numRuns: runs(numRuns) },
  );
  if (outcome.failed && outcome.errorInstance !== null && difference === undefined)
    throw outcome.errorInstance;
  return { difference, commands };
}

/** Fails with the shrunk program and the seed when the sides differ. Returns the number of commands compared. */
export async function expectEqual(
  sides: Sides,
  programs: fc.Arbitrary<Program>,
  numRuns: number,
): Promise<number> {
  const { difference, commands } = await compareMany(sides, programs, numRuns);
  if (difference !== undefined) {
    throw new Error(`${shownDifference(difference)}\n(PENKNIFE_SEED=${seed})`);
  }
  return commands;
}
