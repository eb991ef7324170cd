import * as echarts from 'echarts';

/** The house's colours: good, bad, and a few that are neither. */
export const colours = ['#1a7f4b', '#b3261e', '#5b6470', '#c9a227', '#2f6f8f', '#7d4f9e', '#3b8f7d'] as const;

/** Draws a chart as a picture of its own: no script, nothing loaded, on white in any page. */
export function drawSvg(title: string, height: number, option: echarts.EChartsOption): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: 900, height });
  chart.setOption({
    title: { text: title, left: 10, top: 6, textStyle: { fontSize: 14 } },
    animation: false,
    backgroundColor: '#ffffff',
    color: [...colours],
    ...option,
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg.replace('>', `><title>${title}</title>`);
}
