import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { threadId } from 'node:worker_threads';
import { PersistenceError } from './persistence-error.js';
import { ownIdentity, runningProcess } from './process-identity.js';

/** Locks that this process holds, by device and inode. */
const own = new Set<string>();

/** A stale lock is taken under another lock, which may be stale as well; so many processes that died over it are enough. */
const deepest = 3;

/** What file systems say that know no second name for a file. */
const noSecondName: ReadonlySet<string | undefined> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/**
 * Keeps other engines away from a file by a lock file beside it, which names the process; one of a process that is gone does
 * not count. Processes of another machine or container are not seen. Returns what gives the file free, once. Throws
 * PersistenceError.
 */
export function lockFile(file: string): () => void {
  const lock = `${file}.lock`;
  try {
    take(lock, file, 0);
    const name = inodeOf(lock);
    own.add(name);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      own.delete(name);
      rmSync(lock, { force: true });
    };
  } catch (error) {
    if (error instanceof PersistenceError) throw error;
    throw new PersistenceError(`${lock} cannot be written`, { cause: error });
  }
}

function take(lock: string, file: string, depth: number): void {
  if (create(lock)) return;
  refuseHeld(lock, file);
  if (depth === deepest) throw takenJustNow(file);
  // Of two that find a stale lock the second would remove the first one's: only who holds this may remove it, after a second look.
  const turn = `${lock}.taking`;
  take(turn, file, depth + 1);
  try {
    refuseHeld(lock, file);
    rmSync(lock, { force: true });
    if (!create(lock)) throw takenJustNow(file);
  } finally {
    rmSync(turn, { force: true });
  }
}

/** Makes the lock with its content in one step; false when there is one. */
function create(lock: string): boolean {
  const draft = `${lock}.${process.pid}-${threadId}`;
  try {
    writeFileSync(draft, ownIdentity());
    linkSync(draft, lock);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (noSecondName.has(code)) return createInTwoSteps(lock);
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function createInTwoSteps(lock: string): boolean {
  try {
    writeFileSync(lock, ownIdentity(), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function refuseHeld(lock: string, file: string): void {
  let identity: string;
  try {
    identity = readFileSync(lock, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const holder = runningProcess(identity, () => own.has(inodeOf(lock)));
  if (holder !== undefined) throw new PersistenceError(`${file} is in use by process ${holder} (${lock})`);
}

function inodeOf(lock: string): string {
  const { dev, ino } = statSync(lock, { bigint: true });
  return `${dev}:${ino}`;
}

function takenJustNow(file: string): PersistenceError {
  return new PersistenceError(`${file} was locked by another process just now`);
}
