import { policies, type Scene, type Verdict, verdictsOf } from './arrivals.js';
import { colours, drawSvg } from './chart.js';

/** A row an algorithm, a dot a call: allowed (at the time it runs) or denied. */
export function verdictsPlot(scene: Scene): string {
  const names = Object.keys(policies);
  const dots = (allowed: boolean): [number, string][] =>
    names.flatMap((name) =>
      verdictsOf(scene, policies[name] ?? '1/s')
        .filter((verdict: Verdict) => verdict.allowed === allowed)
        .map(({ at, delayMs }): [number, string] => [at + delayMs / 1000, name]),
    );
  const symbolSize: [number, number] = [3, 16];
  const symbol = { type: 'scatter', symbol: 'rect', symbolSize } as const;
  return drawSvg(scene.title, 120 + names.length * 34, {
    legend: { top: 8, right: 20 },
    grid: { left: 20, right: 30, top: 48, bottom: 40, containLabel: true },
    xAxis: { type: 'value', name: 's', max: 'dataMax' },
    yAxis: { type: 'category', data: names, inverse: true },
    series: [
      { ...symbol, name: 'allowed', data: dots(true), itemStyle: { color: colours[0] } },
      { ...symbol, name: 'denied', data: dots(false), itemStyle: { color: colours[1], opacity: 0.55 } },
    ],
  });
}
