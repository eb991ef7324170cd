import { type CaseReport, perOperation, type Report, rate, times, type UnmeasuredCase } from './report.js';

const columns = [
  'in flight',
  'ops',
  '±',
  'ratio',
  'p50 ms',
  'p99 ms',
  'cmds',
  'B in',
  'B out',
  'B kept',
  'cpu µs',
  'server µs',
];

/** One case as a table. */
export function printCase({ name, question, server, figures, leftOut }: CaseReport): string {
  const rows = figures.map((one) => [
    one.contestant,
    String(one.inFlight),
    rate(one.operationsPerSecond),
    `${(one.spread * 100).toFixed(0)}%`,
    times(one.ratio),
    one.p50Ms.toFixed(3),
    one.p99Ms.toFixed(3),
    perOperation(one.commandsPerOperation, 2),
    perOperation(one.bytesInPerOperation, 0),
    perOperation(one.bytesOutPerOperation, 0),
    perOperation(one.bytesKeptPerOperation, 0),
    one.clientCpuMicrosPerOperation.toFixed(1),
    perOperation(one.serverCpuMicrosPerOperation, 1),
  ]);
  const table = [['', ...columns], ...rows];
  const widths = table[0]?.map((_, i) => Math.max(...table.map((row) => row[i]?.length ?? 0))) ?? [];
  const lines = table.map((row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '),
  );
  const facts = figures.flatMap(({ contestant, facts: told }) =>
    told === undefined ? [] : [`${contestant}: ${told}`],
  );
  const promises = new Set(
    figures.map(({ contestant, speaks, guarantees }) => `${contestant}: ${speaks}; ${guarantees}`),
  );
  const left = leftOut.map((who) => `left out: ${who}`);
  return [`\n${name} – ${question} (${server})`, ...lines, ...facts, ...promises, ...left].join('\n');
}

/** A case without figures, as a line. */
export function printUnmeasured({ name, question, error }: UnmeasuredCase): string {
  return `\n${name} – ${question}\nno figures: ${error}`;
}

/** Where and with what it was measured. */
export function printHead({
  machine,
  versions,
  effort,
  command,
}: Pick<Report, 'machine' | 'versions' | 'effort' | 'command'>): string {
  const parts = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `${command}`,
    `Node ${machine.node}, ${machine.cores} cores (${machine.model}), ${machine.platform}; client and server share the machine, loopback TCP`,
    parts.join(', '),
    `${effort.rounds} interleaved rounds of ${effort.roundMs} ms each after a warm-up of ${effort.warmUpMs} ms; medians; ratio = throughput over ours in the same round`,
  ].join('\n');
}
