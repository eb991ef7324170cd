import { InvalidArgumentError } from '@penknife/core';
import type { ResolvedBoard } from './board-options.js';
import { digitOf } from './order/digits.js';
import type { Place } from './order/layout.js';

const mostEdges = 100;

/** The best and the worst place of each range between edges, which go from the worst to the best value of the first column. */
export function rangesOf({ layout, radices }: ResolvedBoard, edges: readonly unknown[]): readonly Place[] {
  const [column, ...others] = layout.columns;
  if (!Array.isArray(edges) || edges.length < 2 || edges.length > mostEdges || column?.kind !== 'value') {
    throw new InvalidArgumentError('edges', `must be a list of 2 to ${mostEdges} values`, edges);
  }
  const digits = edges.map((edge, i) => digitOf(column, edge, `edges[${i}]`));
  const last = others.map((_, i) => (radices[i + 1] as bigint) - 1n);
  const first = others.map(() => 0n);
  return digits.slice(1).flatMap((better, i) => {
    const worse = digits[i] as bigint;
    if (better >= worse) {
      throw new InvalidArgumentError(
        `edges[${i + 1}]`,
        'must be better than the edge before it',
        edges[i + 1],
      );
    }
    const isBest = i === digits.length - 2;
    return [layout.placeOf([isBest ? better : better + 1n, ...first]), layout.placeOf([worse, ...last])];
  });
}
