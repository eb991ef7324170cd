import { readFile } from 'node:fs/promises';

/** Sends a signal; false when there is no such process any more. */
function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** Resolves when the kernel has really stopped a process; at once where it is gone, or there is no /proc to look at. */
async function untilStopped(pid: number): Promise<void> {
  for (;;) {
    const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
    // The name in parentheses may hold blanks, so the state letter is looked for after the last one.
    const state = status?.slice(status.lastIndexOf(')') + 2, status.lastIndexOf(')') + 3);
    if (state === undefined || state === 'T' || state === 'Z' || state === 'X') return;
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

/**
 * SIGSTOP: the process stands still, its connections stay open, and it does not know. Resolves with true when it has stopped
 * (on systems without /proc: when the signal was sent), with false when there is no such process.
 */
export async function pauseProcess(pid: number): Promise<boolean> {
  if (!signal(pid, 'SIGSTOP')) return false;
  await untilStopped(pid);
  return true;
}

/** SIGCONT after `pauseProcess`; false when there is no such process. */
export function resumeProcess(pid: number): boolean {
  return signal(pid, 'SIGCONT');
}
