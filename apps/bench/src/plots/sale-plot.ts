import { colours, drawSvg } from './chart.js';

/** What is there, and how many want one piece of it: fewer than in the bench, since nothing is timed. */
export const stock = 100;
export const buyers = 200;

/** What a sale came to, with so many buyers at once. */
export interface Sale {
  readonly shop: string;
  readonly atOnce: number;
  readonly sold: number;
  readonly triesASale: number;
}

/** Pieces that were sold, and tries that it took for one, by how many try at once. */
export function salePlot(sales: readonly Sale[], where: string): string {
  const shops = [...new Set(sales.map(({ shop }) => shop))];
  const crowds = [...new Set(sales.map(({ atOnce }) => String(atOnce)))];
  const of = (shop: string, value: (sale: Sale) => number): number[] =>
    sales.filter((sale) => sale.shop === shop).map(value);
  const axis = {
    type: 'category',
    data: crowds,
    name: 'at once',
    nameLocation: 'middle',
    nameGap: 28,
  } as const;
  return drawSvg(`${buyers} buyers want ${stock} pieces (${where})`, 420, {
    color: [colours[0], colours[1], colours[3]],
    legend: { top: 34 },
    grid: [
      { left: 20, right: '54%', top: 110, bottom: 44, containLabel: true },
      { left: '54%', right: 30, top: 110, bottom: 44, containLabel: true },
    ],
    xAxis: [axis, { ...axis, gridIndex: 1 }],
    yAxis: [
      { type: 'value', name: `sold of ${stock}`, max: buyers },
      { type: 'value', name: 'tries for one sale', gridIndex: 1, min: 0 },
    ],
    series: shops.flatMap((name) => [
      { name, type: 'line', data: of(name, ({ sold }) => sold) } as const,
      {
        name,
        type: 'line',
        xAxisIndex: 1,
        yAxisIndex: 1,
        data: of(name, ({ triesASale }) => Math.round(triesASale * 10) / 10),
      } as const,
    ]),
  });
}
