import type { ContractSetup } from '@penknife/testing';
import type { Column, World } from './column.js';

/** The contract suite's setup for a column whose world is opened later. */
export function contractSetup(
  column: Column,
  world: () => World,
  skips: ContractSetup['skips'] = {},
  more: Pick<ContractSetup, 'concerns' | 'note'> = {},
): ContractSetup {
  return {
    name: column.name,
    topology: column.topology,
    create: (options) => world().driver(options),
    admin: (...args) => world().admin(...args),
    advance: (ms) => world().advance(ms),
    createWithClient: () => world().driverWithClient(),
    get faults() {
      return world().faults;
    },
    skips,
    ...more,
  };
}
