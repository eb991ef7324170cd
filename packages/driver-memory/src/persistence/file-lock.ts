import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { threadId } from 'node:worker_threads';
import { PersistenceError } from './persistence-error.js';
import { ownIdentity, processStart, runningProcess, type StartOf } from './process-identity.js';

/** What a lock needs of the system it is on. */
export interface LockSystem {
  readonly startOf: StartOf;
  /** Gives a file a second name. */
  readonly link: (file: string, name: string) => void;
}

const thisSystem: LockSystem = { startOf: processStart, link: linkSync };

const shared = Symbol.for('penknife.memory.locks');

/** Locks that this thread holds, by device and inode; through all copies of this package, as test runners make them. */
function ownLocks(): Set<string> {
  const home = globalThis as { [shared]?: Set<string> };
  home[shared] ??= new Set();
  return home[shared];
}

/** A stale lock is taken under another lock, which may be stale as well; so many processes that died over it are enough. */
const deepest = 3;

/**
 * Keeps other engines away from a file by a lock file beside it, which names the process; one of a process that is gone does
 * not count. Processes of another machine or container are not seen. Returns what gives the file free, once. Throws
 * PersistenceError.
 */
export function lockFile(file: string, system: LockSystem = thisSystem): () => void {
  const lock = `${file}.lock`;
  try {
    take(lock, file, system, 0);
    const name = inodeOf(lock);
    ownLocks().add(name);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      ownLocks().delete(name);
      rmSync(lock, { force: true });
    };
  } catch (error) {
    if (error instanceof PersistenceError) throw error;
    throw new PersistenceError(`${lock} cannot be written`, { cause: error });
  }
}

function take(lock: string, file: string, system: LockSystem, depth: number): void {
  if (create(lock, system)) return;
  refuseHeld(lock, file, system);
  if (depth === deepest) throw takenJustNow(file);
  // Of two that find a stale lock the second would remove the first one's: only who holds this may remove it, after a second look.
  const turn = `${lock}.taking`;
  take(turn, file, system, depth + 1);
  try {
    refuseHeld(lock, file, system);
    rmSync(lock, { force: true });
    if (!create(lock, system)) throw takenJustNow(file);
  } finally {
    rmSync(turn, { force: true });
  }
}

/** Makes the lock with its content in one step; false when there is one. */
function create(lock: string, system: LockSystem): boolean {
  const draft = `${lock}.${process.pid}-${threadId}`;
  try {
    writeFileSync(draft, ownIdentity(system.startOf));
    return linkOrCreate(draft, lock, system);
  } finally {
    rmSync(draft, { force: true });
  }
}

function linkOrCreate(draft: string, lock: string, system: LockSystem): boolean {
  try {
    system.link(draft, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    // File systems that know no second name for a file say so in many ways; if it is something else, this says what.
    return createInTwoSteps(lock, system);
  }
}

function createInTwoSteps(lock: string, { startOf }: LockSystem): boolean {
  try {
    writeFileSync(lock, ownIdentity(startOf), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function refuseHeld(lock: string, file: string, { startOf }: LockSystem): void {
  let identity: string;
  try {
    identity = readFileSync(lock, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const holder = runningProcess(identity, startOf, () => ownLocks().has(inodeOf(lock)));
  if (holder !== undefined) throw new PersistenceError(`${file} is in use by process ${holder} (${lock})`);
}

function inodeOf(lock: string): string {
  const { dev, ino } = statSync(lock, { bigint: true });
  return `${dev}:${ino}`;
}

function takenJustNow(file: string): PersistenceError {
  return new PersistenceError(`${file} was locked by another process just now`);
}
