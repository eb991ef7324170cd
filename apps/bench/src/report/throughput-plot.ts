import * as echarts from 'echarts';
import type { Figures } from '../measure/measure-case.js';
import { type CaseReport, isOurs, rate, times } from './report.js';

/** What all ratios are to; the same on another client; everybody else. */
function colourOf(one: Figures, place: number): string {
  if (place === 0) return '#1a7f4b';
  return isOurs(one, place) ? '#7dbb98' : '#b8bfc7';
}

const bar = 26;
const heading = 30;
const names = 300;

/**
 * Throughput as bars, one group for each number in flight, every bar with its contestant's name before and its figures behind:
 * there is no legend to look up, and none to overlap. Ours is green.
 */
export function throughputPlot({ figures }: CaseReport): string {
  const levels = [...new Set(figures.map(({ inFlight }) => inFlight))];
  const speeds = figures.map(({ operationsPerSecond }) => operationsPerSecond);
  const [least, most] = [Math.min(...speeds), Math.max(...speeds)];
  // Orders of magnitude apart: only a logarithmic axis shows all of them.
  const log = most / least > 50;
  const groups = levels.map((level) => figures.filter(({ inFlight }) => inFlight === level));
  let top = 0;
  const places = groups.map((group) => {
    const place = { top: top + heading, height: group.length * bar };
    top += heading + place.height;
    return place;
  });
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: 1100, height: top + 8 });
  chart.setOption({
    animation: false,
    textStyle: { fontFamily: 'system-ui, sans-serif' },
    title: levels.map((level, i) => ({
      text: `${level} in flight${log ? ', logarithmic' : ''}`,
      left: names + 2,
      top: (places[i]?.top ?? 0) - 24,
      textStyle: { fontSize: 12, fontWeight: 600, color: '#5b6470' },
    })),
    grid: places.map((place) => ({ ...place, left: names, right: 150, containLabel: false })),
    xAxis: groups.map((_, gridIndex) => ({
      gridIndex,
      type: log ? 'log' : 'value',
      ...(log ? { min: 10 ** Math.floor(Math.log10(least)) } : { min: 0 }),
      max: most,
      show: false,
    })),
    yAxis: groups.map((group, gridIndex) => ({
      gridIndex,
      type: 'category',
      inverse: true,
      data: group.map(({ contestant }) => contestant),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: '#d5d1c6' } },
      axisLabel: { color: '#1b1f24', fontSize: 12, width: names - 16, overflow: 'truncate' },
    })),
    series: groups.map((group, i) => ({
      type: 'bar',
      xAxisIndex: i,
      yAxisIndex: i,
      barWidth: 15,
      data: group.map((one, place) => ({
        value: one.operationsPerSecond,
        itemStyle: { color: colourOf(one, place), borderRadius: [0, 3, 3, 0] },
      })),
      label: {
        show: true,
        position: 'right',
        color: '#1b1f24',
        fontSize: 12,
        formatter: ({ dataIndex }: { dataIndex: number }) => {
          const one = group[dataIndex];
          return one === undefined ? '' : `${rate(one.operationsPerSecond)}   ${times(one.ratio)}`;
        },
      },
    })),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}
