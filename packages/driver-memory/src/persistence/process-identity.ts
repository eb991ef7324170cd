import { readFileSync } from 'node:fs';

/** When a process began, as Linux tells it: boot and clock tick; `ended` for one that only waits to be reaped. */
function startOf(pid: number): string | undefined {
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

/** Names this process, so that a later one with its pid (a container's first process, always 1) is told apart. */
export function ownIdentity(): string {
  const start = startOf(process.pid);
  return start === undefined ? String(process.pid) : `${process.pid} ${start}`;
}

/**
 * The pid an identity names, if that process runs. Where the system does not tell when a process began, `isOwn` decides about
 * this process' pid.
 */
export function runningProcess(identity: string, isOwn: () => boolean): number | undefined {
  const [name, start] = identity.split(' ');
  const pid = Number(name);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  const present = startOf(pid);
  if (start !== undefined && present !== undefined) return start === present ? pid : undefined;
  const runs = pid === process.pid ? isOwn() : takesSignals(pid);
  return runs ? pid : undefined;
}
