import * as echarts from 'echarts';
import { type CaseReport, perOperation, type Report, rate, times } from './report.js';

/** The report as one self-contained page: a plot and a table per case, no script, nothing loaded. */
export function toHtml(report: Report): string {
  const { machine, versions, effort } = report;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Penknife benchmarks</title><style>
body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1b1f24}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;margin:.5rem 0 2.5rem}
th,td{padding:.2rem .5rem;border-bottom:1px solid #dcd8cf;text-align:right}th:first-child,td:first-child{text-align:left}
small{color:#5b6470}h2{margin-bottom:0}svg{max-width:100%;height:auto}</style></head><body>
<h1>Penknife benchmarks</h1>
<p><code>${escapeHtml(report.command)}</code>, ${escapeHtml(report.startedAt)}<br>
Node ${escapeHtml(machine.node)}, ${machine.cores} cores (${escapeHtml(machine.model)}), ${escapeHtml(machine.platform)}; client and server share the machine.<br>
${Object.entries(versions)
  .map(([name, version]) => escapeHtml(`${name} ${version}`))
  .join(', ')}<br>
${effort.rounds} interleaved rounds of ${effort.roundMs} ms; medians. The ratio is throughput over ours in the same round: read ratios, not absolutes.</p>
${report.cases.map(caseSection).join('\n')}
</body></html>
`;
}

function caseSection(one: CaseReport): string {
  const rows = one.figures
    .map(
      (
        f,
      ) => `<tr><td>${escapeHtml(f.contestant)}<br><small>${escapeHtml(f.guarantees)}</small></td><td>${f.inFlight}</td>
<td>${rate(f.operationsPerSecond)}</td><td>${(f.spread * 100).toFixed(0)}%</td><td>${times(f.ratio)}</td><td>${f.p50Ms.toFixed(3)}</td><td>${f.p99Ms.toFixed(3)}</td>
<td>${perOperation(f.commandsPerOperation, 2)}</td><td>${perOperation(f.bytesInPerOperation, 0)}</td><td>${perOperation(f.bytesKeptPerOperation, 0)}</td><td>${f.clientCpuMicrosPerOperation.toFixed(1)}</td></tr>`,
    )
    .join('\n');
  return `<h2>${escapeHtml(one.name)}</h2><p>${escapeHtml(one.question)} <small>server ${escapeHtml(one.server)}</small></p>
${plot(one)}
<table><tr><th></th><th>in flight</th><th>throughput</th><th>±</th><th>ratio</th><th>p50 ms</th><th>p99 ms</th><th>commands, inside scripts too</th><th>bytes in</th><th>bytes kept</th><th>CPU µs</th></tr>
${rows}</table>`;
}

function plot({ figures }: CaseReport): string {
  const contestants = [...new Set(figures.map(({ contestant }) => contestant))];
  const levels = [...new Set(figures.map(({ inFlight }) => inFlight))];
  const largest = Math.max(...figures.map(({ operationsPerSecond }) => operationsPerSecond));
  const smallest = Math.min(...figures.map(({ operationsPerSecond }) => operationsPerSecond));
  const chart = echarts.init(null, null, {
    renderer: 'svg',
    ssr: true,
    width: 900,
    height: 80 + contestants.length * levels.length * 22,
  });
  chart.setOption({
    animation: false,
    color: ['#b3261e', '#5b6470', '#a9b1ba', '#c9a227', '#2f6f8f'],
    legend: { top: 0 },
    grid: { left: 90, right: 80, top: 36, bottom: 24, containLabel: true },
    // Orders of magnitude apart: only a logarithmic axis shows all of them.
    xAxis: {
      type: largest / smallest > 50 ? 'log' : 'value',
      axisLabel: { formatter: (value: number) => rate(value) },
    },
    yAxis: { type: 'category', data: levels.map((level) => `${level} in flight`), inverse: true },
    series: contestants.map((name) => ({
      name,
      type: 'bar',
      data: levels.map(
        (level) =>
          figures.find((f) => f.contestant === name && f.inFlight === level)?.operationsPerSecond ?? 0,
      ),
      label: { show: true, position: 'right', formatter: ({ value }: { value: number }) => rate(value) },
    })),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
