import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConsumerGroup } from '../../src/structures/stream/consumer-group.js';
import { autoClaim, claim } from '../../src/structures/stream/group-claim.js';
import { groupLag } from '../../src/structures/stream/group-lag.js';
import { listPending, summarizePending } from '../../src/structures/stream/group-pending.js';
import { readHistory, readNew } from '../../src/structures/stream/group-read.js';
import { Stream } from '../../src/structures/stream/stream.js';
import { formatId, MAXIMUM_ID, MINIMUM_ID, type StreamId } from '../../src/structures/stream/stream-id.js';
import { expectProperty } from './property.js';

const id = (ms: number, seq = 0): StreamId => ({ ms, seq });
const names = ['amy', 'bob', 'cid'];

function streamOf(size: number): Stream {
  const stream = new Stream();
  for (let n = 1; n <= size; n += 1) stream.append(id(n), ['n', `${n}`]);
  return stream;
}

function consumer(group: ConsumerGroup, name: string) {
  return group.consumers.get(name) ?? group.createConsumer(name, 0)!;
}

type Row = { ms: number; consumer: string; at: number; deliveries: number };

const act = fc.record({
  kind: fc.constantFrom(
    'read',
    'read',
    'ack',
    'claim',
    'auto',
    'history',
    'delete',
    'drop',
    'rewind' as const,
  ),
  name: fc.constantFrom(...names),
  at: fc.integer({ min: 1, max: 400 }),
  count: fc.integer({ min: 1, max: 60 }),
  idle: fc.nat(6),
  flag: fc.boolean(),
});

/** A plain model: rows in an array sorted by id, every rule written out as a loop. */
function likeAModel(make: () => ConsumerGroup) {
  return fc.property(fc.array(act, { maxLength: 80 }), (acts) => {
    const stream = streamOf(400);
    const group = make();
    const live = new Set(Array.from({ length: 400 }, (_unused, n) => n + 1));
    let rows: Row[] = [];
    let position = 0;
    let now = 100;
    for (const { kind, name, at, count, idle, flag } of acts) {
      now += 1;
      const me = consumer(group, name);
      const ready = (row: Row) => idle === 0 || now - row.at >= idle;
      if (kind === 'read') {
        const wanted = [...live]
          .filter((ms) => ms > position)
          .sort((x, y) => x - y)
          .slice(0, count);
        const got = readNew(stream, group, {
          consumer: name,
          count,
          noAck: flag && at % 4 === 0,
          nowMs: now,
        });
        expect(got.map((entry) => entry.id.ms)).toEqual(wanted);
        position = wanted.at(-1) ?? position;
        if (!(flag && at % 4 === 0)) {
          rows = rows.filter((row) => !wanted.includes(row.ms));
          rows.push(...wanted.map((ms) => ({ ms, consumer: name, at: now, deliveries: 1 })));
        }
      } else if (kind === 'ack') {
        expect(group.acknowledge(id(at))).toBe(rows.some((row) => row.ms === at));
        rows = rows.filter((row) => row.ms !== at);
      } else if (kind === 'claim') {
        const ids = [at, at + 1, at + 2].map((ms) => id(ms));
        const result = claim(stream, group, ids, {
          consumer: name,
          minimumIdleMs: idle,
          nowMs: now,
          justId: flag,
          force: at % 2 === 0,
        });
        const claimed: number[] = [];
        for (const { ms } of ids as { ms: number }[]) {
          let row = rows.find((candidate) => candidate.ms === ms);
          if (!live.has(ms)) rows = rows.filter((candidate) => candidate !== row);
          else {
            const forced = row === undefined && at % 2 === 0;
            if (forced) {
              row = { ms, consumer: name, at: now, deliveries: 1 };
              rows.push(row);
            }
            if (row === undefined || (!forced && !ready(row))) continue;
            Object.assign(row, { consumer: name, at: now, deliveries: row.deliveries + (flag ? 0 : 1) });
            claimed.push(ms);
          }
        }
        expect(result.entries.map((entry) => entry.id.ms)).toEqual(claimed);
      } else if (kind === 'auto') {
        const result = autoClaim(stream, group, id(at), (count % 5) + 1, {
          consumer: name,
          minimumIdleMs: idle,
          nowMs: now,
          justId: flag,
        });
        const limit = (count % 5) + 1;
        const ahead = rows.filter((row) => row.ms >= at).sort((x, y) => x.ms - y.ms);
        const claimed: number[] = [];
        const gone: number[] = [];
        let looked = 0;
        for (
          ;
          looked < ahead.length && looked < limit * 10 && claimed.length + gone.length < limit;
          looked += 1
        ) {
          const row = ahead[looked]!;
          if (!live.has(row.ms)) gone.push(row.ms);
          else if (ready(row)) {
            Object.assign(row, { consumer: name, at: now, deliveries: row.deliveries + (flag ? 0 : 1) });
            claimed.push(row.ms);
          }
        }
        rows = rows.filter((row) => !gone.includes(row.ms));
        expect(result.entries.map((entry) => entry.id.ms)).toEqual(claimed);
        expect(result.deletedIds.map((gonePlace) => gonePlace.ms)).toEqual(gone);
        expect(result.cursor).toEqual(id(ahead[looked]?.ms ?? 0));
      } else if (kind === 'history') {
        const own = rows
          .filter((row) => row.consumer === name && row.ms > at)
          .sort((x, y) => x.ms - y.ms)
          .slice(0, count);
        const got = readHistory(stream, me, id(at), count, now);
        expect(got.map((entry) => [entry.id.ms, entry.fields !== undefined])).toEqual(
          own.map((row) => [row.ms, live.has(row.ms)]),
        );
        for (const row of own)
          if (live.has(row.ms)) Object.assign(row, { at: now, deliveries: row.deliveries + 1 });
      } else if (kind === 'delete') {
        expect(stream.delete(id(at))).toBe(live.delete(at));
      } else if (kind === 'drop') {
        expect(group.deleteConsumer(name)).toBe(rows.filter((row) => row.consumer === name).length);
        rows = rows.filter((row) => row.consumer !== name);
      } else {
        group.setPosition(id(at));
        position = at;
      }
    }
    rows.sort((x, y) => x.ms - y.ms);
    const query = { start: MINIMUM_ID, end: MAXIMUM_ID, count: 1000, nowMs: now };
    const shown = (list: Row[]) => list.map((row) => [row.ms, row.consumer, now - row.at, row.deliveries]);
    const listed = (rest: object) =>
      listPending(group, { ...query, ...rest }).map((row) => [
        row.id.ms,
        row.consumer,
        row.idleMs,
        row.deliveries,
      ]);
    expect(listed({})).toEqual(shown(rows));
    expect(listed({ minimumIdleMs: 9 })).toEqual(shown(rows.filter((row) => now - row.at >= 9)));
    for (const name of names)
      expect(listed({ consumer: name })).toEqual(shown(rows.filter((row) => row.consumer === name)));
    const summary = summarizePending(group);
    expect([summary.count, summary.firstId?.ms, summary.lastId?.ms]).toEqual([
      rows.length,
      rows[0]?.ms,
      rows.at(-1)?.ms,
    ]);
    expect(summary.consumers).toEqual(
      names
        .map((name) => ({ name, count: rows.filter((row) => row.consumer === name).length }))
        .filter((one) => one.count > 0),
    );
  });
}

class KeepsTheOldOwner extends ConsumerGroup {
  override hand(): void {}
}

class AcknowledgesHalf extends ConsumerGroup {
  override acknowledge(gone: StreamId): boolean {
    return this.pending.delete(gone) !== undefined;
  }
}

describe('ConsumerGroup', () => {
  test('behaves like a plain model of reads, claims and acknowledgements', () => {
    const planted = {
      'claim keeps the owner': () => new KeepsTheOldOwner(MINIMUM_ID),
      'ack leaves the own list': () => new AcknowledgesHalf(MINIMUM_ID),
    };
    expectProperty(likeAModel, () => new ConsumerGroup(MINIMUM_ID), planted);
  });

  test('lag follows reads, survives trimming, is unknown after a deletion ahead', () => {
    const stream = streamOf(10);
    const group = new ConsumerGroup(MINIMUM_ID);
    expect(groupLag(stream, group)).toBe(10);
    readNew(stream, group, { consumer: 'amy', count: 3, noAck: false, nowMs: 0 });
    expect([group.entriesRead, groupLag(stream, group)]).toEqual([3, 7]);
    stream.trim({ maxLength: 6, approximate: false, limit: 0 });
    expect(groupLag(stream, group)).toBe(7);
    stream.delete(id(8));
    expect(groupLag(stream, group)).toBeUndefined();
    readNew(stream, group, { consumer: 'amy', count: 4, noAck: true, nowMs: 0 });
    expect(groupLag(stream, group)).toBeUndefined();
    readNew(stream, group, { consumer: 'amy', count: 9, noAck: true, nowMs: 0 });
    expect([group.entriesRead, groupLag(stream, group)]).toEqual([10, 0]);
    expect(groupLag(new Stream(), group)).toBe(0);
  });

  test('50,000 entries pending, acknowledged out of order', () => {
    const stream = streamOf(50_000);
    const group = new ConsumerGroup(MINIMUM_ID);
    const me = consumer(group, 'amy');
    expect(readNew(stream, group, { consumer: 'amy', count: 50_000, noAck: false, nowMs: 0 })).toHaveLength(
      50_000,
    );
    for (let n = 0; n < 49_999; n += 1) expect(group.acknowledge(id(1 + ((n * 7919) % 50_000)))).toBe(true);
    const left = 1 + ((49_999 * 7919) % 50_000);
    expect(summarizePending(group).firstId).toEqual(id(left));
    expect(formatId(me.pending.first!.id)).toBe(`${left}-0`);
  });
});
