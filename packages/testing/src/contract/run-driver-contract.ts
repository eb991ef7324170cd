import type { ContractCase } from './contract-case.js';
import { contractCases } from './contract-cases.js';
import { withContext } from './contract-context.js';
import type { ContractSetup } from './contract-setup.js';

/** The part of a test runner that the suite uses: that of vitest, jest, mocha and node:test alike. */
export interface ContractRunner {
  describe(name: string, define: () => void): unknown;
  readonly it: {
    (name: string, run: () => Promise<void>): unknown;
    skip(name: string, run: () => Promise<void>): unknown;
  };
}

/**
 * Defines the driver contract as tests: one per rule, named alike for every driver. A case listed in `setup.skips` shows as
 * skipped, with its reason; a skip that names no case fails. Asserts with `node:assert`.
 *
 * ```ts
 * import { describe, it } from 'vitest';
 * runDriverContract({ describe, it }, { name: 'my client', topology: 'single', create, admin, … });
 * ```
 */
export function runDriverContract(runner: ContractRunner, setup: ContractSetup): void {
  runner.describe(`driver contract: ${setup.name}`, () => {
    runner.it(
      'skips: every name in the list is the name of a case that runs here, with a reason',
      async () => {
        refuseUnknownSkips(setup);
        refuseUnknownConcerns(setup);
      },
    );
    for (const contractCase of casesFor(setup)) {
      const reason = setup.skips[contractCase.name];
      const run = (): Promise<void> => withContext(setup, contractCase.run);
      if (reason === undefined) runner.it(contractCase.name, run);
      else runner.it.skip(`${contractCase.name} (skipped: ${reason})`, run);
    }
  });
}

/** The cases that exist for a setup's topology and, when it names concerns, those of them; in order. */
export function casesFor(setup: Pick<ContractSetup, 'topology' | 'concerns'>): readonly ContractCase[] {
  return contractCases.filter(
    (contractCase) =>
      (contractCase.topologies?.includes(setup.topology) ?? true) &&
      (setup.concerns?.includes(concernOf(contractCase)) ?? true),
  );
}

function concernOf({ name }: ContractCase): string {
  return name.slice(0, name.indexOf(':'));
}

function refuseUnknownConcerns({ concerns = [] }: ContractSetup): void {
  const known = new Set(contractCases.map(concernOf));
  const unknown = concerns.filter((concern) => !known.has(concern));
  if (unknown.length > 0) throw new Error(`concerns that no case has: ${unknown.join('; ')}`);
}

function refuseUnknownSkips(setup: ContractSetup): void {
  // Those of a concern that is left out may stay in the list.
  const names = new Set(casesFor({ topology: setup.topology }).map(({ name }) => name));
  const unknown = Object.keys(setup.skips).filter((name) => !names.has(name));
  if (unknown.length > 0) throw new Error(`skips name cases that do not exist here: ${unknown.join('; ')}`);
  const silent = Object.entries(setup.skips).filter(([, reason]) => reason.trim() === '');
  if (silent.length > 0)
    throw new Error(`skips without a reason: ${silent.map(([name]) => name).join('; ')}`);
}
