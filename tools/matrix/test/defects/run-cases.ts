import type { ContractRunner } from '@penknife/testing';

/** What became of each case. */
export type CaseResults = Map<string, 'passed' | 'failed'>;

/** Runs the cases with these names, without a test runner. */
export async function runCases(
  names: readonly string[],
  define: (runner: ContractRunner) => void,
): Promise<CaseResults> {
  const found = new Map<string, () => Promise<void>>();
  const register = (name: string, test: () => Promise<void>): void => void found.set(name, test);
  define({
    describe: (_, inner) => inner(),
    it: Object.assign(register, { skip: () => undefined }),
  });
  const results: CaseResults = new Map();
  for (const name of names) {
    const test = found.get(name);
    if (test === undefined) throw new Error(`no case is called "${name}"`);
    results.set(
      name,
      await test().then(
        () => 'passed' as const,
        () => 'failed' as const,
      ),
    );
  }
  return results;
}
