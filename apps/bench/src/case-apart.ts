import { startWorker } from '@penknife/testing';
import type { CaseActs } from './answer-case.js';
import type { Effort } from './measure/measure-case.js';
import type { CaseReport } from './report/report.js';

/** How a case is measured in a process of its own. */
export interface CaseApart {
  /** The module it runs: one that calls `answerCase`. */
  readonly program: string | URL;
  readonly effort: Effort;
  /** Kills the process and all that it started. */
  readonly stop: AbortSignal;
  /** Told of each turn of a contestant. */
  progress(): void;
}

/**
 * Measures a case in a process of its own, which is gone afterwards with its server and all it left open: whatever a peer breaks in
 * it, the next case does not meet. Rejects with what the case threw, or with the last lines of a process that died of something
 * nobody caught.
 */
export async function measureCaseApart(
  name: string,
  { program, effort, stop, progress }: CaseApart,
): Promise<CaseReport> {
  const worker = await startWorker<CaseActs>(program, { onReport: progress });
  const kill = (): void => void worker.kill();
  stop.addEventListener('abort', kill, { once: true });
  try {
    stop.throwIfAborted();
    return await worker.call('measure', name, effort);
  } finally {
    stop.removeEventListener('abort', kill);
    await worker.kill();
  }
}
