/**
 * Milliseconds, with fractions, on the one monotonic clock that all processes of this machine share: what two processes note
 * by it can be put in order. It has no meaning beside another reading, and none after the machine restarts. On Linux and
 * macOS it is the kernel's monotonic clock; on other systems the processes' readings may not compare.
 */
export function machineTimeMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
