import { ConsumerGroup } from '../../src/structures/stream/consumer-group.js';
import { autoClaim } from '../../src/structures/stream/group-claim.js';
import { readNew } from '../../src/structures/stream/group-read.js';
import { Stream } from '../../src/structures/stream/stream.js';
import { MAXIMUM_ID, MINIMUM_ID } from '../../src/structures/stream/stream-id.js';
import { heapBytes, measure, report } from './measure.js';

const epoch = 1_700_000_000_000;

for (const size of [1_000, 100_000, 1_000_000]) {
  const fields = ['event', 'created', 'payload', 'some thirty bytes of content …'];
  const before = heapBytes();
  const stream = new Stream();
  report(
    'XADD',
    size,
    measure(size, (n) => stream.append({ ms: epoch + n, seq: 0 }, [...fields])),
  );
  console.log(`  ${((heapBytes() - before) / size).toFixed(0)} B an entry (fields array included)`);
  report(
    'XRANGE of 10',
    size,
    measure(20_000, (n) => stream.log.range({ ms: epoch + ((n * 7919) % size), seq: 0 }, MAXIMUM_ID, 10)),
  );
  const group = new ConsumerGroup(MINIMUM_ID);
  const empty = heapBytes();
  const read = { consumer: 'amy', count: 100, noAck: false, nowMs: 0 };
  report('XREADGROUP of 100, an entry', size, measure(size / 100, () => readNew(stream, group, read)) / 100);
  console.log(`  ${((heapBytes() - empty) / size).toFixed(0)} B a pending entry`);
  const claimed = { consumer: 'bob', minimumIdleMs: 0, nowMs: 1 };
  report(
    'XAUTOCLAIM of 100, an entry',
    size,
    measure(size / 200, (n) => autoClaim(stream, group, { ms: epoch + n * 100, seq: 0 }, 100, claimed)) / 100,
  );
  report(
    'XACK scattered',
    size,
    measure(size, (n) => group.acknowledge({ ms: epoch + ((n * 7919) % size), seq: 0 })),
  );
  const rule = { approximate: true, limit: 10_000, maxLength: size };
  report(
    'XADD with MAXLEN ~',
    size,
    measure(200_000, (n) => {
      stream.append({ ms: epoch + size + n, seq: 0 }, [...fields]);
      return stream.trim(rule);
    }),
  );
}
