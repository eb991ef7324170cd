import type { Report } from '../report/report.js';
import { drawSvg } from './chart.js';

/** The case that is drawn. */
export const grown = 'leaderboard/growth';

/** What one question costs on a board of some size. */
export interface GrownCost {
  /** `rank` or `submit`. */
  readonly act: string;
  readonly members: number;
  /** The server's time of one call, in µs. */
  readonly serverMicros: number;
  /** From call to answer, one call in flight. */
  readonly p50Micros: number;
  readonly p99Micros: number;
}

/** Reads the costs out of a report of the bench; throws for one in which nothing grew. */
export function costsOf({ cases }: Report): readonly GrownCost[] {
  const figures = cases.find(({ name }) => name === grown)?.figures ?? [];
  const costs = figures.flatMap(({ contestant, serverCpuMicrosPerOperation, p50Ms, p99Ms }) => {
    const [, act, size] = /^(\w+) among ([\d,]+)$/.exec(contestant) ?? [];
    if (act === undefined || size === undefined || serverCpuMicrosPerOperation === null) return [];
    const members = Number(size.replaceAll(',', ''));
    const serverMicros = serverCpuMicrosPerOperation;
    return [{ act, members, serverMicros, p50Micros: p50Ms * 1000, p99Micros: p99Ms * 1000 }];
  });
  if (costs.length === 0) throw new Error(`the report has no case ${grown}`);
  return costs;
}

/** Costs over sizes, the sizes by their logarithm: what grows as log N is a straight line. */
export function growthPlot(costs: readonly GrownCost[], where: string): string {
  const acts = [...new Set(costs.map(({ act }) => act))];
  const line = (name: string, act: string, value: (cost: GrownCost) => number) =>
    ({
      name: `${act}, ${name}`,
      type: 'line',
      data: costs
        .filter((cost) => cost.act === act)
        .map((cost): [number, number] => [cost.members, Math.round(value(cost) * 10) / 10]),
    }) as const;
  return drawSvg(`A board grows from ten thousand to five million (${where})`, 420, {
    legend: { top: 34 },
    grid: { left: 20, right: 40, top: 84, bottom: 44, containLabel: true },
    xAxis: {
      type: 'log',
      name: 'members',
      nameLocation: 'middle',
      nameGap: 28,
      min: 10_000,
      max: 10_000_000,
    },
    yAxis: { type: 'value', name: 'µs', min: 0 },
    series: acts.flatMap((act) => [
      line('from call to answer (p50)', act, ({ p50Micros }) => p50Micros),
      line("the server's time", act, ({ serverMicros }) => serverMicros),
    ]),
  });
}
