import type { CaseReport, UnmeasuredCase } from './report/report.js';

/** What came of the chosen cases. */
export interface Results {
  readonly cases: readonly CaseReport[];
  readonly unmeasured: readonly UnmeasuredCase[];
}

/** How cases are run, and who hears of each. */
export interface Run<One> {
  measure(one: One): Promise<CaseReport>;
  /** No further case begins once it is aborted; what `measure` rejects with then is put down to that. */
  readonly stop: AbortSignal;
  measured(result: CaseReport): void;
  failed(one: UnmeasuredCase): void;
}

/** Runs one case after another. One that fails is told with its error, and the next one begins. Never rejects because of a case. */
export async function runCases<One extends Pick<UnmeasuredCase, 'name' | 'question'>>(
  chosen: readonly One[],
  { measure, stop, measured, failed }: Run<One>,
): Promise<Results> {
  const cases: CaseReport[] = [];
  const unmeasured: UnmeasuredCase[] = [];
  const leave = ({ name, question }: One, error: string): UnmeasuredCase => {
    const left = { name, question, error };
    unmeasured.push(left);
    return left;
  };
  for (const one of chosen) {
    if (stop.aborted) {
      leave(one, 'not begun: the run was interrupted');
      continue;
    }
    try {
      const result = await measure(one);
      cases.push(result);
      measured(result);
    } catch (error) {
      failed(leave(one, stop.aborted ? 'interrupted' : wordsOf(error)));
    }
  }
  return { cases, unmeasured };
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** What the process says at its end: 130 after an interrupt, as shells do; 1 when a case has no figures. */
export function exitCodeOf({ unmeasured }: Results, stop: AbortSignal): number {
  if (stop.aborted) return 130;
  return unmeasured.length === 0 ? 0 : 1;
}
