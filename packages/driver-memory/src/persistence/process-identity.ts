import { readFileSync } from 'node:fs';
import { threadId } from 'node:worker_threads';

/** When a process began; undefined where nothing tells. */
export type StartOf = (pid: number) => string | undefined;

/** As Linux tells it: boot and clock tick; `ended` for one that only waits to be reaped. */
export function processStart(pid: number): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    const status = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name stands in parentheses and may hold anything; state is the 3rd field, the start the 22nd.
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? 'ended' : `${boot}/${fields[19]}`;
  } catch {
    return undefined;
  }
}

function takesSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Stands in the place of the start where nothing tells it. */
const ownThread = `thread/${threadId}`;

/** Names this process, so that a later one with its pid (a container's first process, always 1) is told apart. */
export function ownIdentity(startOf: StartOf): string {
  return `${process.pid} ${startOf(process.pid) ?? ownThread}`;
}

/**
 * The pid an identity names, if that process runs. Where the system does not tell when a process began, `isOwn` decides about
 * this process' pid, unless the identity is that of another of its threads: what that one holds is not known here.
 */
export function runningProcess(identity: string, startOf: StartOf, isOwn: () => boolean): number | undefined {
  const [name, start] = identity.split(' ');
  const pid = Number(name);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  const isThread = start?.startsWith('thread/') === true;
  const present = startOf(pid);
  if (start !== undefined && !isThread && present !== undefined) return start === present ? pid : undefined;
  const isOurs = pid === process.pid && !(isThread && start !== ownThread);
  const runs = isOurs ? isOwn() : takesSignals(pid);
  return runs ? pid : undefined;
}
