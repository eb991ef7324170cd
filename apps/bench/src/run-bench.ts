import { SingleBar } from 'cli-progress';
import type { BenchCase } from './case.js';
import { measureCaseApart } from './case-apart.js';
import type { CaseReport, Report } from './report/report.js';
import { printCase, printUnmeasured } from './report/terminal.js';
import { writeReport } from './report/write-report.js';
import { exitCodeOf, runCases } from './run-cases.js';

/**
 * Runs the cases, each in a process of its own (`program`, which calls `answerCase`), prints each, and writes the files in any case:
 * also when cases failed, and when an interrupt ended the run. Sets the exit code.
 */
export async function runBench(
  chosen: readonly BenchCase[],
  head: Omit<Report, 'cases' | 'unmeasured'>,
  files: { readonly json: string | undefined; readonly html: string },
  program: string | URL,
): Promise<void> {
  const stop = new AbortController();
  // Not once: npm passes on an interrupt that the terminal has sent to everybody already.
  const interrupt = (): void => stop.abort();
  process.on('SIGINT', interrupt);
  const results = await runCases(chosen, {
    stop: stop.signal,
    measure: (one) =>
      underBar(one, head.effort.rounds, (progress) =>
        measureCaseApart(one.name, { program, effort: head.effort, stop: stop.signal, progress }),
      ),
    measured: (result) => console.log(printCase(result)),
    failed: (one) => console.log(printUnmeasured(one)),
  });
  writeReport({ ...head, ...results }, files);
  process.exitCode = exitCodeOf(results, stop.signal);
  process.off('SIGINT', interrupt);
}

/** Shows how far a case is. How many contestants it has is known only inside; the bar counts turns of the usual three. */
async function underBar(
  { name, inFlight }: BenchCase,
  rounds: number,
  measure: (progress: () => void) => Promise<CaseReport>,
): Promise<CaseReport> {
  const bar = new SingleBar({
    format: `${name} {bar} {percentage}%`,
    clearOnComplete: true,
    noTTYOutput: false,
  });
  bar.start(inFlight.length * 3 * (rounds + 1), 0);
  try {
    return await measure(() => bar.increment());
  } finally {
    bar.stop();
  }
}
