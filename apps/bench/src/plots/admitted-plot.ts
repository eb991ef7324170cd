import { policies, type Scene, verdictsOf } from './arrivals.js';
import { drawSvg } from './chart.js';

const stepMs = 10;

/** What each algorithm has let run within the last second, over time; the limit is 10. */
export function admittedPlot(scene: Scene): string {
  const endMs = Math.ceil(Math.max(...verdictsOf(scene, '1/s').map(({ at }) => at)) * 1000) + 400;
  return drawSvg(`Within the last second: ${scene.title}`, 380, {
    legend: { top: 32 },
    grid: { left: 20, right: 30, top: 90, bottom: 30, containLabel: true },
    xAxis: { type: 'value', name: 's', max: endMs / 1000 },
    yAxis: { type: 'value', name: 'calls', minInterval: 1 },
    series: Object.entries(policies).map(([name, policy]) => {
      const runsAt = verdictsOf(scene, policy)
        .filter(({ allowed }) => allowed)
        .map(({ at, delayMs }) => at * 1000 + delayMs);
      const data: [number, number][] = [];
      for (let ms = 0; ms <= endMs; ms += stepMs)
        data.push([ms / 1000, runsAt.filter((at) => at > ms - 1000 && at <= ms).length]);
      return { name, type: 'line', step: 'end', showSymbol: false, lineStyle: { width: 1.5 }, data } as const;
    }),
  });
}
