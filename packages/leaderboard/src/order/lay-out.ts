import { InvalidArgumentError } from '@penknife/core';
import { longestMs, type PeriodLength } from '../calendar/period.js';
import { bitsOf, type Layout } from './layout.js';
import { lexicographicLayout, longestPlace } from './lexicographic-layout.js';
import { fitsPacked, packedLayout } from './packed-layout.js';
import type { ResolvedColumn } from './resolve-order.js';

/** What a board's layout depends on. */
export interface BoardShape {
  readonly name: string;
  readonly radices: readonly bigint[];
  readonly dense: boolean;
  readonly window?: object | undefined;
  readonly calendar: { readonly length: PeriodLength } | undefined;
}

/**
 * Lays an order out for all boards of a leaderboard alike, so that one script can write to all of them. Throws
 * `InvalidArgumentError` with the bits needed when a packed layout is asked for and not exact, or a place would be too long.
 */
export function layOut<B extends BoardShape>(
  columns: readonly ResolvedColumn[],
  boards: readonly B[],
  wanted: 'auto' | Layout['kind'],
): { readonly kind: Layout['kind']; readonly boards: readonly (B & { readonly layout: Layout })[] } {
  if (!['auto', 'packed', 'lexicographic'].includes(wanted)) {
    throw new InvalidArgumentError('layout', "must be 'auto', 'packed' or 'lexicographic'", wanted);
  }
  const wide = boards.find(({ radices }) => !fitsPacked(radices));
  if (wanted === 'packed' && wide !== undefined) {
    const bits = wide.radices.map(bitsOf);
    const needed = bits.reduce((sum, each) => sum + each, 0).toFixed(1);
    const each = columns.map(({ name }, i) => `${name} ${bits[i]?.toFixed(1)}`).join(', ');
    throw new InvalidArgumentError(
      'order',
      `must fit the 53 bits that a score keeps exact; board '${wide.name}' needs ${needed} (${each}): lower a max, take a coarser unit or a shorter span for time, or layout 'auto'`,
      columns.map(({ name }) => name),
    );
  }
  const kind = wanted === 'auto' ? (wide === undefined ? 'packed' : 'lexicographic') : wanted;
  const rolling = boards.find(({ window }) => window !== undefined);
  if (kind === 'lexicographic' && rolling !== undefined) {
    throw new InvalidArgumentError(
      'order',
      `must fit the packed layout on every board, because board '${rolling.name}' has a window`,
      columns.map(({ name }) => name),
    );
  }
  const make = kind === 'packed' ? packedLayout : lexicographicLayout;
  return {
    kind,
    boards: boards.map((board) => {
      const layout = make(columns, board.calendar && longestMs[board.calendar.length], board.dense);
      if (layout.width > longestPlace) {
        throw new InvalidArgumentError(
          'order',
          `must fit ${longestPlace} bytes; board '${board.name}' needs ${layout.width}`,
          columns.map(({ name }) => name),
        );
      }
      return { ...board, layout };
    }),
  };
}
