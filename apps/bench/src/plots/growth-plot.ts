import { drawSvg } from './chart.js';
import { growth, growthCommand } from './leaderboard-growth.js';

/** What a rank and a submit cost on boards of many sizes: a straight line over a logarithmic axis grows as log N. */
export function growthPlot(): string {
  const line = (name: string, pick: (row: (typeof growth)[number]) => number) =>
    ({
      name,
      type: 'line',
      data: growth.map((row): [number, number] => [row.members, pick(row)]),
    }) as const;
  return drawSvg(`p50 of one call in flight, by members on the board (${growthCommand})`, 380, {
    legend: { top: 32 },
    grid: { left: 20, right: 40, top: 70, bottom: 30, containLabel: true },
    xAxis: { type: 'log', name: 'members', min: 10_000, max: 10_000_000 },
    yAxis: { type: 'value', name: 'ms', min: 0 },
    series: [
      line('submit', ({ submitMs }) => submitMs),
      line('rank', ({ rankMs }) => rankMs),
    ],
  });
}
