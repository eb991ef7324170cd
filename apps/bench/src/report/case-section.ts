import type { Figures } from '../measure/measure-case.js';
import { escapeHtml } from './escape-html.js';
import { type CaseReport, isOurs, perOperation, rate, times } from './report.js';
import { throughputPlot } from './throughput-plot.js';

/** The columns, in groups; the first of a group is set off by a line. */
const groups: readonly (readonly [
  group: string,
  columns: Readonly<Record<string, (figures: Figures) => string>>,
])[] = [
  [
    'throughput',
    {
      median: (f) => rate(f.operationsPerSecond),
      '±': (f) => `${(f.spread * 100).toFixed(0)} %`,
      ratio: (f) => times(f.ratio),
    },
  ],
  ['latency, ms', { p50: (f) => f.p50Ms.toFixed(3), p99: (f) => f.p99Ms.toFixed(3) }],
  [
    'CPU, µs per operation',
    {
      client: (f) => f.clientCpuMicrosPerOperation.toFixed(1),
      server: (f) => perOperation(f.serverCpuMicrosPerOperation, 1),
    },
  ],
  [
    'server, per operation',
    {
      commands: (f) => perOperation(f.commandsPerOperation, 2),
      'bytes in': (f) => perOperation(f.bytesInPerOperation, 0),
      'bytes out': (f) => perOperation(f.bytesOutPerOperation, 0),
      'bytes kept': (f) => perOperation(f.bytesKeptPerOperation, 0),
    },
  ],
];

const cells = groups.flatMap(([, columns]) =>
  Object.values(columns).map((read, i) => ({ read, first: i === 0 ? ' class="group"' : '' })),
);

/** A case: its question, a plot, and every figure under its contestant with what that one promises. */
export function caseSection(one: CaseReport): string {
  const levels = [...new Set(one.figures.map(({ inFlight }) => inFlight))];
  const facts = one.figures.filter((figures) => figures.facts !== undefined);
  return `<section id="${escapeHtml(one.name)}"><h2>${escapeHtml(one.question)}</h2>
<p class="about"><code>${escapeHtml(one.name)}</code> · ${escapeHtml(one.server)}</p>
${throughputPlot(one)}
<div class="scroll"><table><thead><tr><th></th>${groups.map(([name, columns]) => `<th class="group" colspan="${Object.keys(columns).length}">${name}</th>`).join('')}</tr>
<tr><th></th>${groups
    .map(([, columns]) =>
      Object.keys(columns)
        .map((name, i) => `<th${i === 0 ? ' class="group"' : ''}>${name}</th>`)
        .join(''),
    )
    .join('')}</tr></thead>
${levels.map((level) => levelRows(one, level)).join('\n')}</table></div>
${one.leftOut.map((who) => `<p class="about">left out: ${escapeHtml(who)}</p>`).join('')}
${facts.length === 0 ? '' : `<ul class="facts">${facts.map((f) => `<li>${escapeHtml(`${f.contestant}${levels.length > 1 ? `, ${f.inFlight} in flight` : ''}: ${f.facts}`)}</li>`).join('')}</ul>`}
</section>`;
}

function levelRows({ figures }: CaseReport, level: number): string {
  const rows = figures
    .filter(({ inFlight }) => inFlight === level)
    .map(
      (f, i) =>
        `<tr${isOurs(f, i) ? ' class="ours"' : ''}><td><b>${escapeHtml(f.contestant)}</b><small>${escapeHtml(`${f.speaks} · ${f.guarantees}`)}</small></td>${cells.map(({ read, first }) => `<td${first}>${read(f)}</td>`).join('')}</tr>`,
    );
  return `<tbody><tr><th colspan="${cells.length + 1}">${level} in flight</th></tr>${rows.join('\n')}</tbody>`;
}
