import { ioredisClient, overMatrix, singleColumn } from '@penknife/matrix';
import { describe } from 'vitest';
import { streamKeys } from '../src/index.js';
import { appendingSuite } from './appending.suite.js';
import { connectionSuite } from './connections.suite.js';
import { consumerSuite } from './consumer.suite.js';
import { deadLetterSuite } from './dead-letters.suite.js';
import { durabilitySuite } from './durability.suite.js';
import { eventStoreSuite } from './event-store.suite.js';
import { fairReadingSuite } from './fair-reading.suite.js';
import { laneSuite } from './lanes.suite.js';
import { logSuite } from './log.suite.js';
import { movedBackSuite } from './moved-back.suite.js';
import { onceSuite } from './once.suite.js';
import { orderingSuite } from './ordering.suite.js';
import { outboxSuite } from './outbox.suite.js';
import { ownershipSuite } from './ownership.suite.js';
import { partitionSuite } from './partitions.suite.js';
import { poisonSuite } from './poison.suite.js';
import { repeatedAppendSuite } from './repeated-appends.suite.js';
import { schedulingSuite } from './scheduling.suite.js';
import { skewedClockSuite } from './skewed-clocks.suite.js';
import { survivalSuite } from './survival.suite.js';
import { takeoverSuite } from './takeover.suite.js';
import { trapSuite } from './traps.suite.js';
import { trimmingSuite } from './trimming.suite.js';
import { whenDoneSuite } from './when-done.suite.js';

const rungs = ['redis-7.0', 'redis-8.0', 'redis-8.6', 'valkey-8.1', 'valkey-9'] as const;
const columns = rungs.map((flavour) => singleColumn(ioredisClient, flavour));
const full = process.env.PENKNIFE_TIER === 'full';

/** The same behaviour on every server that can be had; in the full tier only, for its minutes. */
describe.skipIf(!full)(full ? 'every server' : 'every server (skipped: full tier only)', () => {
  for (const [name, suite] of [
    ['log', logSuite],
    ['appending', appendingSuite],
    ['appending, repeated', repeatedAppendSuite],
    ['consumer', consumerSuite],
    ['dead letters', deadLetterSuite],
    ['trimming', trimmingSuite],
    ['order per key', orderingSuite],
    ['order per key, moved back', movedBackSuite],
    ['partitions', partitionSuite],
    ['lanes', laneSuite],
    ['when done', whenDoneSuite],
    ['outbox and upcasters', outboxSuite],
    ['further traps', trapSuite],
    ['fair reading', fairReadingSuite],
    ['skewed clocks', skewedClockSuite],
    ['take-over', takeoverSuite],
    ['ownership', ownershipSuite],
    ['poison', poisonSuite],
    ['durability', durabilitySuite],
    ['survival', survivalSuite],
    ['connections', connectionSuite],
    ['once', onceSuite],
    ['scheduling', schedulingSuite],
    ['event store', eventStoreSuite],
  ] as const) {
    overMatrix(name, suite, { keys: streamKeys, columns });
  }
});
