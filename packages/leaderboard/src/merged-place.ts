import type { ResolvedBoard } from './board-options.js';
import { ScoreBoundsError } from './errors.js';
import { boundOf } from './order/digits.js';
import type { Place } from './order/layout.js';
import { zeroDigit } from './rounds.js';

/** Where somebody stands whose two places become one, by the operator of the board. Throws `ScoreBoundsError` for a sum out of bounds. */
export function mergedPlace(
  { name, layout, radices, operator }: ResolvedBoard,
  from: Place,
  to: Place,
): Place {
  if (operator === 'set') return to;
  if (operator === 'best') return from < to ? from : to;
  const [one, other] = [layout.digitsOf(from), layout.digitsOf(to)];
  const time = layout.columns.findIndex(({ kind }) => kind === 'time');
  const asc = layout.columns[time]?.direction === 'asc';
  const isLater = time >= 0 && (one[time] as bigint) > (other[time] as bigint) === asc;
  if (operator === 'last') return isLater ? from : to;
  return layout.placeOf(
    layout.columns.map((column, i) => {
      if (column.kind === 'time') return (isLater ? one : other)[i] as bigint;
      const digit = (one[i] as bigint) + (other[i] as bigint) - zeroDigit(column);
      if (digit >= 0n && digit < (radices[i] as bigint)) return digit;
      throw new ScoreBoundsError(
        name,
        column.name,
        boundOf(column, column.low),
        boundOf(column, column.high),
      );
    }),
  );
}
