import { ExpiryIndex } from '../../src/structures/expiry/expiry-index.js';
import { HashTable } from '../../src/structures/hash-table/hash-table.js';
import { ChunkedList } from '../../src/structures/list/chunked-list.js';
import { heapBytes, measure, report, shuffled } from './measure.js';

for (const size of [1_000, 100_000, 1_000_000]) {
  const keys = shuffled(size).map((n) => `session:${n}:data`);
  const values = keys.map((key) => ({ key }));
  const rounds = 200_000;
  const probe = shuffled(rounds).map((n) => keys[(n * 7919) % size]!);
  let before = heapBytes();
  const map = new Map<string, object>();
  report(
    'bare Map set',
    size,
    measure(size, (n) => map.set(keys[n]!, values[n]!)),
  );
  console.log(`  bare Map: ${((heapBytes() - before) / size).toFixed(0)} B an entry`);
  before = heapBytes();
  const table = new HashTable<object>();
  report(
    'HashTable set',
    size,
    measure(size, (n) => table.set(keys[n]!, values[n]!)),
  );
  console.log(`  HashTable: ${((heapBytes() - before) / size).toFixed(0)} B an entry`);
  for (let turn = 0; turn < 2; turn += 1) {
    report(
      'bare Map get',
      size,
      measure(rounds, (n) => map.get(probe[n]!)),
    );
    report(
      'HashTable get',
      size,
      measure(rounds, (n) => table.get(probe[n]!)),
    );
  }
  report(
    'HashTable random pick',
    size,
    measure(rounds, (n) => table.keyAt((n * 104_729) % size)),
  );
  report(
    'HashTable scan, per key',
    size,
    measure(rounds / 10, (n) => table.scan(1 + ((n * 97) % size), 10, () => {})) / 10,
  );
  before = heapBytes();
  const expiry = new ExpiryIndex();
  report(
    'ExpiryIndex set',
    size,
    measure(size, (n) => expiry.set(keys[n]!, (n * 7919) % 1_000_003)),
  );
  console.log(`  ExpiryIndex: ${((heapBytes() - before) / size).toFixed(0)} B a key`);
  report(
    'ExpiryIndex postpone',
    size,
    measure(rounds, (n) => expiry.set(probe[n]!, 2_000_000 + n)),
  );
  report(
    'ExpiryIndex takeDue',
    size,
    measure(Math.min(size, rounds), () => expiry.takeDue(1e9)),
  );
  report(
    'HashTable delete',
    size,
    measure(Math.min(size, rounds), (n) => table.delete(keys[n]!)),
  );
}

for (const size of [1_000, 100_000, 1_000_000]) {
  const list = new ChunkedList();
  report(
    'list push tail',
    size,
    measure(size, (n) => list.pushTail(`${n & 127}`)),
  );
  report(
    'list rotate (pop, push)',
    size,
    measure(200_000, () => list.pushHead(list.popTail()!)),
  );
  report(
    'list at',
    size,
    measure(200_000, (n) => list.at((n * 7919) % size)),
  );
  report(
    'list insert inside',
    size,
    measure(2_000, (n) => list.insertAt((n * 7919) % size, 'x')),
  );
  report(
    'list at, uneven',
    size,
    measure(20_000, (n) => list.at((n * 7919) % size)),
  );
  report(
    'list pop head',
    size,
    measure(size, () => list.popHead()),
  );
}
