import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const pollMs = 50;
const abandonedAfterMs = 300_000;

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A lock is abandoned when its owner is gone, or (owner unknown or on another machine) when it is five minutes old. */
async function isAbandoned(folder: string): Promise<boolean> {
  const created = await stat(folder).catch(() => undefined);
  if (!created) return false;
  if (Date.now() - created.mtimeMs > abandonedAfterMs) return true;
  const owner = Number(await readFile(join(folder, 'pid'), 'utf8').catch(() => ''));
  return owner > 0 && !isRunning(owner);
}

/**
 * Runs `work` while holding a lock that is a folder (creating one is atomic on every file system), waiting for other
 * processes that hold it. A lock whose owner died is taken over. Meant to save double work: two takers of an
 * abandoned lock may in rare cases both run, so `work` must be harmless when run twice.
 */
export async function withFolderLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      await mkdir(folder);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    if (await isAbandoned(folder)) await rm(folder, { recursive: true, force: true });
    else await sleep(pollMs);
  }
  try {
    await writeFile(join(folder, 'pid'), String(process.pid));
    return await work();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
