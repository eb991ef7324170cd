import { runDriverContract } from '@penknife/testing';
import { describe, it, vi } from 'vitest';
import { type Column, contractSetup, contractSkips, type FurtherColumn, inColumn } from '../../src/index.js';

/** Whether everything runs, however long it takes. */
export const fullTier: boolean = process.env.PENKNIFE_TIER === 'full';

/** One of each kind of traffic, without the cases that wait for servers and connections to come and go. */
const smoke: readonly string[] = ['replies', 'batch', 'transaction', 'script', 'lane', 'feed', 'traits'];

/** Runs the driver contract in these columns, or some concerns of it. */
export function runInColumns(columns: readonly Column[], concerns?: readonly string[]): void {
  // A failover takes its time.
  vi.setConfig({ testTimeout: 40_000 });
  for (const column of columns) {
    describe(concerns === undefined ? column.name : `${column.name} (a selection)`, () => {
      const world = inColumn(column, { slowLog: false });
      const note = (text: string): void => console.info(`${column.name}: ${text}`);
      const more = { note, ...(concerns !== undefined && { concerns }) };
      runDriverContract({ describe, it }, contractSetup(column, world, contractSkips(column), more));
    });
  }
}

/** Runs the contract in those of the further columns that `belongs` picks, as far as the tier goes. */
export function runInFurtherColumns(
  further: readonly FurtherColumn[],
  belongs: (column: Column) => boolean,
): void {
  for (const { column, quickly } of further) {
    if (!belongs(column) || (quickly === 'none' && !fullTier)) continue;
    runInColumns([column], fullTier || quickly === 'whole' ? undefined : smoke);
  }
}
