import { expect, it } from 'vitest';
import { costsOf, grown, growthPlot } from '../src/plots/growth-plot.js';
import type { Report } from '../src/report/report.js';

const figures = (contestant: string, serverCpuMicrosPerOperation: number | null) =>
  ({ contestant, serverCpuMicrosPerOperation, p50Ms: 0.2, p99Ms: 0.4 }) as never;
const report = (name: string): Report =>
  ({
    cases: [
      {
        name,
        figures: [
          figures('rank among 10,000', 20),
          figures('rank among 5,000,000', 31),
          figures('submit among 10,000', null),
          figures('another', 1),
        ],
      },
    ],
  }) as never;

it('reads sizes and costs out of a report, and draws them', () => {
  const costs = costsOf(report(grown));
  expect(costs).toEqual([
    { act: 'rank', members: 10_000, serverMicros: 20, p50Micros: 200, p99Micros: 400 },
    { act: 'rank', members: 5_000_000, serverMicros: 31, p50Micros: 200, p99Micros: 400 },
  ]);
  expect(growthPlot(costs, 'here')).toContain('rank, the server&#39;s time');
});

it('refuses a report in which nothing grew', () => {
  expect(() => costsOf(report('leaderboard/other'))).toThrow(/no case leaderboard\/growth/);
});
