import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openGap } from '../src/event.js';
import type { ChannelEvent, ChannelMessage, Position } from '../src/index.js';
import { type ListenerOverflow, WaitingLine } from '../src/listener/waiting-line.js';

const at = (offset: number): Position => ({ epoch: 'e', offset });
const message = (offset: number): ChannelMessage<number> => ({
  type: 'message',
  message: offset,
  params: {},
  channel: 'c',
  origin: 'o',
  own: false,
  position: at(offset),
  source: 'live',
});

/** Pushes and shifts as told; what a reader sees, as spans of offsets that were read or announced as missing. */
function read(overflow: ListenerOverflow, limit: number, pushes: readonly boolean[], broken = false) {
  const counters = { dropped: 0, conflated: 0 };
  const line = new WaitingLine<number>(limit, overflow, undefined, counters);
  let pushed = 0;
  let place = at(0);
  let missed = 0;
  let largest = 0;
  const complaints: string[] = [];
  const take = (): boolean => {
    const event: ChannelEvent<number> | undefined = line.shift(place);
    if (event === undefined) return false;
    if (event.type === 'gap') {
      if (broken) return true;
      if (event.from?.offset !== place.offset)
        complaints.push(`gap from ${event.from?.offset} at ${place.offset}`);
      missed += event.missed ?? Number.NaN;
      place = event.to as Position;
    } else {
      if (event.message !== place.offset + 1) complaints.push(`${event.message} after ${place.offset}`);
      place = event.position as Position;
    }
    return true;
  };
  for (const push of pushes) {
    if (push) line.push(message(++pushed));
    else take();
    largest = Math.max(largest, line.size);
  }
  while (take());
  if (place.offset !== pushed) complaints.push(`ends at ${place.offset} of ${pushed}`);
  if (missed !== counters.dropped) complaints.push(`${missed} announced, ${counters.dropped} dropped`);
  if (largest > limit) complaints.push(`${largest} waited`);
  return complaints;
}

const schedules = fc.array(fc.boolean(), { minLength: 1, maxLength: 300 });
const policies = fc.constantFrom<ListenerOverflow>('drop-oldest', 'drop-newest');

describe('the queue of one listener', () => {
  it('property: bounded, in order, and every loss is a gap of the right size in the right place', () => {
    fc.assert(
      fc.property(policies, fc.integer({ min: 1, max: 100 }), schedules, (overflow, limit, pushes) => {
        expect(read(overflow, limit, pushes)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('what is sifted out is gone; where something was lost it stays, with its gap', () => {
    const made = (overflow: ListenerOverflow) =>
      new WaitingLine<number>(4, overflow, undefined, { dropped: 0, conflated: 0 });
    const rest = (line: WaitingLine<number>): string[] => {
      const told: string[] = [];
      for (let event = line.shift(at(0)); event !== undefined; event = line.shift(at(0)))
        told.push(event.type === 'gap' ? `gap of ${event.missed}` : String(event.message));
      return told;
    };
    const odd = (event: ChannelEvent<number>): boolean => event.type === 'gap' || event.message % 2 === 1;
    const line = made('drop-oldest');
    for (const offset of [1, 2, 3]) line.push(message(offset));
    line.sift(odd);
    expect([line.size, rest(line)]).toEqual([2, ['1', '3']]);
    const overrun = made('drop-oldest');
    for (const offset of [1, 2, 3, 4, 5]) overrun.push(message(offset));
    overrun.sift(odd);
    expect(rest(overrun)).toEqual(['gap of 1', '2', '3', '4', '5']);
    const full = made('drop-newest');
    for (const offset of [1, 2, 3, 4, 5]) full.push(message(offset));
    full.shift(at(0));
    full.push(message(6));
    full.sift(odd);
    expect(rest(full)).toEqual(['3', 'gap of 1', '6']);
  });

  it('what was lost goes, too, when it is sifted out whole', () => {
    const told = (offset: number): ChannelEvent<number>[] => {
      const line = new WaitingLine<number>(2, 'drop-oldest', undefined, { dropped: 0, conflated: 0 });
      for (const each of [1, 2, 3, 4]) line.push(message(each));
      line.sift((event) => ((event.type === 'gap' ? event.to : event.position)?.offset as number) > offset);
      return [line.shift(at(0)), line.shift(at(0)), line.shift(at(0))].filter((event) => event !== undefined);
    };
    expect(told(1).map(({ type }) => type)).toEqual(['gap', 'message', 'message']);
    expect(told(3)).toMatchObject([{ message: 4 }]);
  });

  it('property: what a key function refuses is a gap in its place, though others of its key replaced what stood there', () => {
    const pushed = fc.array(fc.record({ key: fc.integer({ min: 0, max: 3 }), reads: fc.nat(2) }), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(pushed, fc.integer({ min: 1, max: 5 }), (pushes, limit) => {
        const counters = { dropped: 0, conflated: 0 };
        const keyOf = ({ message: offset }: ChannelMessage<number>): string => {
          const { key } = pushes[offset - 1] as { key: number };
          if (key === 0) throw new Error('no key');
          return String(key);
        };
        const line = new WaitingLine<number>(limit, 'latest-per-key', keyOf, counters);
        let place = at(0);
        let missed = 0;
        const take = (): boolean => {
          const event = line.shift(place);
          if (event === undefined) return false;
          if (event.type === 'gap') missed += event.missed as number;
          const next = (event.type === 'gap' ? event.to : event.position) as Position;
          expect(next.offset).toBeGreaterThan(place.offset);
          place = next;
          return true;
        };
        for (const [i, { reads }] of pushes.entries()) {
          try {
            line.push(message(i + 1));
          } catch {
            line.lose(message(i + 1));
          }
          expect(line.size).toBeLessThanOrEqual(limit);
          for (let left = reads; left > 1 && take(); ) left--;
        }
        while (take());
        expect(missed).toBe(counters.dropped);
      }),
    );
  });

  it('the property notices a gap that is swallowed', () => {
    const pushes = [true, true, true, false];
    expect(read('drop-oldest', 2, pushes)).toEqual([]);
    expect(read('drop-oldest', 2, pushes, true)).not.toEqual([]);
  });

  it('property: latest-per-key keeps the newest of each key, in the order of their arrival, bounded', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 200 }), (keys) => {
        const counters = { dropped: 0, conflated: 0 };
        const keyOf = (event: ChannelMessage<number>): string => String(event.message % 10);
        const line = new WaitingLine<number>(5, 'latest-per-key', keyOf, counters);
        for (const [i, key] of keys.entries()) line.push(message(i * 10 + key));
        const wanted = keys
          .map((key, i) => i * 10 + key)
          .filter((_, i) => keys.lastIndexOf(keys[i] as number) === i);
        const got: unknown[] = [];
        for (let event = line.shift(undefined); event !== undefined; event = line.shift(undefined)) {
          got.push(event.type === 'message' ? event.message : event);
        }
        expect(got).toEqual(wanted);
        expect(counters).toEqual({ dropped: 0, conflated: keys.length - wanted.length });
      }),
    );
  });

  it('a loss that ends in a gap without an end has none either', () => {
    const line = new WaitingLine<number>(1, 'drop-oldest', undefined, { dropped: 0, conflated: 0 });
    line.push(message(1));
    line.push({
      type: 'gap',
      from: at(1),
      to: undefined,
      recovered: false,
      missed: undefined,
      reason: 'interrupted',
      unrecovered: 'no-history',
      detail: '',
    });
    line.push({ ...message(1), position: { epoch: 'f', offset: 1 } });
    expect(line.shift(at(0))).toMatchObject({ type: 'gap', from: at(0), to: undefined, missed: undefined });
    expect(line.shift(at(0))).toMatchObject({ type: 'message', position: { epoch: 'f' } });
  });

  it('a loss within which the server fell back behind its listener is told as rewound', () => {
    const rewound = openGap('interrupted', 'rewound', '', { from: at(5), to: at(3) });
    const told = (stands: number, then: readonly number[]) => {
      const line = new WaitingLine<number>(1, 'drop-oldest', undefined, { dropped: 0, conflated: 0 });
      for (const event of [rewound, ...then.map(message)]) line.push(event);
      return line.shift(at(stands));
    };
    const whole = { type: 'gap', reason: 'overflow', recovered: false, from: at(5), missed: undefined };
    expect(told(5, [4])).toMatchObject({ ...whole, unrecovered: 'rewound', to: at(3) });
    expect(told(5, [4, 5, 6, 7])).toMatchObject({ ...whole, unrecovered: 'rewound', to: at(6) });
    // It had got nothing of what the server lost.
    expect(told(2, [4])).toMatchObject({ ...whole, from: at(2), unrecovered: 'dropped', to: at(3) });
  });
});
