import { readFile } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Waits until the kernel has really stopped a process after SIGSTOP. Linux only: elsewhere, and for a process that is
 * gone, it resolves at once.
 */
export async function untilStopped(pid: number): Promise<void> {
  for (;;) {
    const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
    // The name in parentheses may hold blanks, so the state letter is looked for after the last one.
    const state = status?.slice(status.lastIndexOf(')') + 2, status.lastIndexOf(')') + 3);
    if (state === undefined || state === 'T' || state === 'Z' || state === 'X') return;
    await nextTurn();
  }
}

/** Sends a signal; false when there is no such process any more. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}
