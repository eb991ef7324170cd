import { argumentCases } from './argument-cases.js';
import { batchCases } from './batch-cases.js';
import { closeCases } from './close-cases.js';
import { clusterCases } from './cluster-cases.js';
import { concurrencyCases } from './concurrency-cases.js';
import type { ContractCase } from './contract-case.js';
import { deadlineCases } from './deadline-cases.js';
import { failoverCases } from './failover-cases.js';
import { faultCases } from './fault-cases.js';
import { feedBoundCases } from './feed-bound-cases.js';
import { feedCases } from './feed-cases.js';
import { feedFaultCases } from './feed-fault-cases.js';
import { gateCases } from './gate-cases.js';
import { laneCases } from './lane-cases.js';
import { lanePoolCases } from './lane-pool-cases.js';
import { refusalCases } from './refusal-cases.js';
import { replyCases } from './reply-cases.js';
import { scriptCases } from './script-cases.js';
import { sharedFeedCases } from './shared-feed-cases.js';
import { trackingCases } from './tracking-cases.js';
import { traitsCases } from './traits-cases.js';
import { transactionCases } from './transaction-cases.js';

/** Every case of the driver contract. Those that break connections come last. */
export const contractCases: readonly ContractCase[] = [
  ...argumentCases,
  ...refusalCases,
  ...replyCases,
  ...batchCases,
  ...transactionCases,
  ...scriptCases,
  ...concurrencyCases,
  ...laneCases,
  ...lanePoolCases,
  ...feedCases,
  ...sharedFeedCases,
  ...trackingCases,
  ...traitsCases,
  ...deadlineCases,
  ...closeCases,
  ...clusterCases,
  ...gateCases,
  ...faultCases,
  ...feedBoundCases,
  ...feedFaultCases,
  ...failoverCases,
];
