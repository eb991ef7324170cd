import { readFile } from 'node:fs/promises';
import type { Reply } from '@penknife/core';
import { commandAt } from './server-admin.js';

/** One entry of a slow log: by the clock on the wall, which also runs while the system lets others go first. */
export interface SlowEntry {
  readonly ms: number;
  readonly args: readonly string[];
}

/** What is logged as slow, in ms; the columns set it. */
const slowMs = 5;

/** Being put aside once lasts no longer than this, in ms, however many want to run. */
const longestWaitMs = 200;

/** How often a command or script is slow before no waiting excuses it, on a server that hardly waited. */
const againAndAgain = 5;

/**
 * So much waiting excuses one time more: a server that waited for seconds in all was put aside hundreds of times, and most
 * often within the script that a suite is about, for there it spends its time.
 */
const msForOnceMore = 40;

/** What tests do themselves and no pattern does. */
const administration = new Set(
  'FLUSHALL DEBUG CLUSTER CONFIG COMMAND INFO KEYS MIGRATE ACL CLIENT SLOWLOG REPLCONF PSYNC SCRIPT'.split(
    ' ',
  ),
);

/**
 * What of a slow log is the commands' own doing, a line each. `waitedMs` is how long the kernel says that the server wanted to
 * run and could not, or that the host kept processors from it: so much of what the entries are above 5 ms is not theirs, at most 200 ms of each. Whatever is beyond, counts
 * at the first time; and so does a command that is slow five times, and once more for each 40 ms of waiting: one that is slow by
 * itself is slow at every call. Undefined: the system does not say, and only the repetition counts.
 */
export function slowCommandsOf(
  entries: readonly SlowEntry[],
  waitedMs: number | undefined,
): readonly string[] {
  const commands = new Map<string, SlowEntry[]>();
  for (const entry of entries) {
    const name = String(entry.args[0]).toUpperCase();
    if (administration.has(name)) continue;
    const what = name.startsWith('EVAL') ? `${name} ${entry.args[1]}` : name;
    commands.set(what, [...(commands.get(what) ?? []), entry]);
  }
  const all = [...commands.values()].flat();
  const needed = all.reduce((sum, { ms }) => sum + ms - slowMs, 0);
  const excused =
    waitedMs === undefined || (needed <= waitedMs && all.every(({ ms }) => ms - slowMs <= longestWaitMs));
  const tooOften = againAndAgain + Math.floor((waitedMs ?? 0) / msForOnceMore);
  return [...commands.values()]
    .filter(({ length }) => !excused || length >= tooOften)
    .map((times) => shown(times, waitedMs));
}

function shown(times: readonly SlowEntry[], waitedMs: number | undefined): string {
  const longest = Math.max(...times.map(({ ms }) => ms));
  const begins = (times[0]?.args ?? []).slice(0, 4).join(' ').slice(0, 160);
  const waited =
    waitedMs === undefined ? '' : `; the server waited ${waitedMs.toFixed(1)} ms for its turn in all`;
  return `${times.length} times, up to ${longest} ms: ${begins}${waited}`;
}

/** How long the host of this machine has kept processors from it, in ms, of all of them together. Linux counts it in hundredths of a second. */
async function stolen(): Promise<number> {
  const text = await readFile('/proc/stat', 'utf8').catch(() => '');
  return Number(/^cpu +(?:\d+ +){7}(\d+)/.exec(text)?.[1] ?? 0) * 10;
}

/** How long the main thread of a process has waited for a processor, in ms. Linux counts it; elsewhere undefined. */
async function waitedFor(pid: number): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/schedstat`, 'utf8').catch(() => undefined);
  const nanoseconds = text?.split(' ')[1];
  return nanoseconds === undefined ? undefined : Number(nanoseconds) / 1e6;
}

async function pidAt(port: number): Promise<number> {
  return Number(/^process_id:(\d+)/m.exec(String(await commandAt(port, 'INFO', 'server')))?.[1]);
}

/** Watches the slow logs of servers from now on; the function tells what was slow by its own doing. */
export async function watchSlowLogs(ports: readonly number[]): Promise<() => Promise<readonly string[]>> {
  const before = new Map<number, number>();
  const stolenBefore = await stolen();
  for (const port of ports) {
    const pid = await pidAt(port);
    before.set(pid, (await waitedFor(pid)) ?? 0);
  }
  return async () => {
    const entries: SlowEntry[] = [];
    let waited: number | undefined = 0;
    for (const port of ports) {
      for (const entry of (await commandAt(port, 'SLOWLOG', 'GET', 512)) as Reply[]) {
        const [, , micros, args] = entry as [number, number, number, string[]];
        entries.push({ ms: micros / 1000, args });
      }
      // A server that was restarted began to wait anew.
      const pid = await pidAt(port);
      const now = await waitedFor(pid);
      waited = now === undefined || waited === undefined ? undefined : waited + now - (before.get(pid) ?? 0);
    }
    // What the host takes the kernel does not count as waiting: to it the server ran.
    const taken = (await stolen()) - stolenBefore;
    return slowCommandsOf(entries, waited === undefined ? undefined : waited + taken);
  };
}
