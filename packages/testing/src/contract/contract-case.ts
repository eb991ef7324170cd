import type { Topology } from '@penknife/core';
import type { ContractContext } from './contract-context.js';

/** One rule of the contract and what shows it. */
export interface ContractCase {
  /** `<concern>: <rule>`; by it a skip list names the case. */
  readonly name: string;
  /** Where the rule makes sense; elsewhere the case does not exist. Default: everywhere. */
  readonly topologies?: readonly Topology[];
  run(context: ContractContext): Promise<void>;
}

/** Names the cases of one concern. */
export function casesOf(
  concern: string,
  rules: Readonly<Record<string, ContractCase['run']>>,
  topologies?: readonly Topology[],
): readonly ContractCase[] {
  return Object.entries(rules).map(([rule, run]) => ({
    name: `${concern}: ${rule}`,
    run,
    ...(topologies !== undefined && { topologies }),
  }));
}
