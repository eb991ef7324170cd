import { describe, expect, it } from 'vitest';
import {
  type AmountEvent,
  createHistory,
  type DeliveryEvent,
  disorder,
  fallenFences,
  type HoldingEvent,
  imbalances,
  overlaps,
  readDeliveries,
  staleReads,
  type VersionEvent,
} from '../../src/index.js';

const granted = (holder: string, fence?: number | bigint, resource = 'r'): HoldingEvent => ({
  type: 'granted',
  resource,
  holder,
  ...(fence !== undefined && { fence }),
});
const ended = (holder: string, resource = 'r'): HoldingEvent => ({ type: 'ended', resource, holder });

describe('a history', () => {
  it('is in the order of one clock, whoever noted what', () => {
    let now = 5;
    const own = createHistory<HoldingEvent>({ by: 'p1', nowMs: () => now });
    own.note(granted('late'));
    now = 2;
    const other = createHistory<HoldingEvent>({ by: 'p2', nowMs: () => now });
    other.note(granted('early'));
    other.note(ended('early'));
    own.add(...other.events);
    expect(own.events.map(({ by, holder, atMs }) => [by, holder, atMs])).toEqual([
      ['p2', 'early', 2],
      ['p2', 'early', 2],
      ['p1', 'late', 5],
    ]);
    expect(overlaps(own.events)).toEqual([]);
  });

  it('without options is of this process, by the clock of the machine', () => {
    const history = createHistory<HoldingEvent>();
    for (const holder of ['a', 'b']) history.note(granted(holder));
    const [first, second] = history.events;
    expect(first?.by).toBe(String(process.pid));
    expect(second?.atMs).toBeGreaterThanOrEqual(first?.atMs ?? Number.NaN);
  });
});

describe('mutual exclusion', () => {
  it('finds nothing wrong with one after another, and with two resources', () => {
    expect(overlaps([granted('a'), ended('a'), granted('b'), granted('c', 1, 'other')])).toEqual([]);
  });

  it('finds two at once, also when the first never ends', () => {
    expect(overlaps([granted('a'), granted('b')])).toEqual(['r was granted to b while a held it']);
    expect(overlaps([granted('a'), granted('b'), ended('a'), granted('c'), ended('b')])).toHaveLength(2);
  });

  it('counts permits', () => {
    const three = [granted('a'), granted('b'), granted('c')];
    expect(overlaps(three, 3)).toEqual([]);
    expect(overlaps(three, 2)).toEqual(['r was granted to c while a, b held it']);
  });

  it('finds equal and falling fences, of each resource by itself', () => {
    const fences = [
      granted('a', 2n),
      granted('x', 1, 'other'),
      granted('b', 2),
      granted('c', 3),
      granted('d', 1),
    ];
    expect(fallenFences(fences)).toEqual(['r: fence 2 of b came after 2', 'r: fence 1 of d came after 3']);
  });
});

describe('deliveries', () => {
  const delivered = (id: string, position: number, more: object = {}): DeliveryEvent => ({
    type: 'delivered',
    id,
    key: 'k',
    position,
    to: 'c',
    ...more,
  });

  it('tells what was lost, what nobody sent, and what came twice', () => {
    const types = (type: 'sending' | 'sent' | 'handled', ...ids: string[]): DeliveryEvent[] =>
      ids.map((id) => ({ type, id }));
    const report = readDeliveries([
      ...types('sending', 'kept', 'lost', 'perhaps', 'never kept'),
      ...types('sent', 'kept', 'lost'),
      ...types('handled', 'kept', 'kept', 'perhaps', 'stranger'),
    ]);
    expect(report).toEqual({ lost: ['lost'], unknown: ['stranger'], repeated: ['kept'] });
  });

  it('finds disorder within a key across consumers where it is asked to', () => {
    const handedOver = [delivered('a', 2), delivered('b', 1, { to: 'd' })];
    expect(disorder(handedOver, { across: true })).toEqual(['k: b (1) came to d after a (2) came to c']);
    expect(disorder([delivered('a', 1), delivered('b', 2, { to: 'd' })], { across: true })).toEqual([]);
    expect(disorder([delivered('a', 2), delivered('b', 1, { key: 'l' })], { across: true })).toEqual([]);
  });

  it('finds disorder within a key and a consumer, and not what is delivered again', () => {
    expect(disorder([delivered('a', 1), delivered('c', 3), delivered('b', 2)])).toEqual([
      'k: b (2) came to c after c (3)',
    ]);
    expect(disorder([delivered('a', 2), delivered('a', 2)])).toHaveLength(1);
    expect(disorder([delivered('a', 2), delivered('b', 1, { to: 'd' })])).toEqual([]);
    expect(disorder([delivered('a', 2), delivered('b', 1, { key: 'l' })])).toEqual([]);
    expect(disorder([delivered('a', 2), delivered('a', 1, { again: true }), delivered('b', 3)])).toEqual([]);
  });
});

describe('reads', () => {
  const at = (...events: readonly VersionEvent[]): (VersionEvent & { atMs: number })[] =>
    events.map((event, i) => ({ ...event, atMs: i * 10 }));
  const write = (version: number): VersionEvent[] => [
    { type: 'writing', key: 'k', version },
    { type: 'written', key: 'k', version },
  ];
  const begins = (read: string): VersionEvent => ({ type: 'reading', key: 'k', read });
  const gives = (read: string, version: number): VersionEvent => ({ type: 'read', key: 'k', read, version });

  it('may be as old as what was known when they began', () => {
    expect(staleReads(at(begins('r'), ...write(1), gives('r', 0)))).toEqual([]);
    expect(staleReads(at(...write(1), begins('r'), ...write(2), gives('r', 1)))).toEqual([]);
    expect(staleReads(at(...write(1), ...write(2), begins('r'), gives('r', 1)))).toEqual([
      'r of k gave version 1, and 2 was known when it began',
    ]);
  });

  it('must not go back behind an earlier read, of a write that nobody acknowledged', () => {
    const begun: VersionEvent = { type: 'writing', key: 'k', version: 1 };
    const reads = [begun, begins('one'), gives('one', 1), begins('two'), gives('two', 0)];
    expect(staleReads(at(...reads))).toHaveLength(1);
  });

  it('may be behind by the tolerance and no more', () => {
    // Known at 10, begun at 40.
    const late = at(...write(1), begins('x'), gives('x', 1), begins('r'), gives('r', 0));
    expect(staleReads(late, 31)).toEqual([]);
    expect(staleReads(late, 30)).toHaveLength(1);
  });

  it('finds what nobody had begun to write, and reads that had not begun', () => {
    expect(staleReads(at(...write(1), begins('r'), gives('r', 2)))).toEqual([
      'r of k gave version 2, which nobody had begun to write',
    ]);
    expect(staleReads(at(...write(1), gives('r', 1)))).toEqual(['r of k ended and had not begun']);
  });
});

describe('conservation', () => {
  const change = (act: string, account: string, amount: number, outcome: 'done' | 'maybe'): AmountEvent => ({
    type: 'changed',
    outcome,
    act,
    account,
    amount,
  });
  const counted = (account: string, amount: number): AmountEvent => ({ type: 'counted', account, amount });

  it('explains what was counted by certain acts and some of the uncertain ones', () => {
    const acts = [change('a', 'x', 10, 'done'), change('b', 'x', -3, 'maybe'), change('c', 'x', 7, 'maybe')];
    for (const amount of [10, 7, 17, 14]) expect(imbalances([...acts, counted('x', amount)])).toEqual([]);
    for (const amount of [13, 11, 20]) expect(imbalances([...acts, counted('x', amount)])).toHaveLength(2);
  });

  it('finds half a transfer, which each account alone would explain', () => {
    const acts = [change('t', 'x', -5, 'maybe'), change('t', 'y', 5, 'maybe')];
    expect(imbalances([...acts, counted('x', -5), counted('y', 5)])).toEqual([]);
    expect(imbalances([...acts, counted('x', -5), counted('y', 0)])).toEqual([
      'all together: counted -5, where 0 is certain and 0 uncertain acts do not explain the rest',
    ]);
  });

  it('finds an account that nobody counted', () => {
    expect(imbalances([change('a', 'x', 1, 'done')])).toEqual(['never counted: x']);
  });

  it('stays quick with many uncertain acts', () => {
    const acts = Array.from({ length: 40 }, (_, i) => change(`${i}`, 'x', 2 ** i, 'maybe'));
    expect(imbalances([...acts, counted('x', 2 ** 40 - 1)])).toEqual([]);
    expect(imbalances([...acts, counted('x', 2 ** 40)])).toHaveLength(2);
  });
});
