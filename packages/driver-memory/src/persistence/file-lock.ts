import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { PersistenceError } from './persistence-error.js';

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Keeps other engines away from a file by a lock file beside it, which names the process; one of a process that is gone does
 * not count. Returns what gives the file free. Throws PersistenceError.
 */
export function lockFile(file: string): () => void {
  const lock = `${file}.lock`;
  for (let tries = 0; tries < 2; tries++) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      return () => rmSync(lock, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw new PersistenceError(`${lock} cannot be written`, { cause: error });
      }
      const holder = Number(readFileSync(lock, 'utf8'));
      if (Number.isInteger(holder) && holder > 0 && isAlive(holder)) {
        throw new PersistenceError(`${file} is in use by process ${holder} (${lock})`);
      }
      rmSync(lock, { force: true });
    }
  }
  throw new PersistenceError(`${file} was locked by another process just now`);
}
