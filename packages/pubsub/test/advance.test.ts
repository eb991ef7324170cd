import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Placed } from '../src/frame/decoder.js';
import { type Advance, advance, type Page } from '../src/hub/advance.js';

const placed = (offset: number, epoch = 'e', id = `${epoch}${offset}`): Placed<number> => ({
  position: { epoch, offset },
  id,
  event: undefined,
});
const told = ({ steps }: Advance<number>): string[] =>
  steps.map((step) =>
    step.kind === 'message'
      ? String(step.received.position.offset)
      : `${step.unrecovered} ${step.from?.offset}-${step.to?.offset}`,
  );
const page = (head: number, entries: readonly number[], last = true): Page<number> => ({
  head: { epoch: 'e', offset: head },
  entries: entries.map((offset) => placed(offset)),
  last,
});
const from = (offset: number) => ({ position: { epoch: 'e', offset }, id: `e${offset}` });

describe('merging a page of the history with what came live', () => {
  it('a truth table', () => {
    const live = (...offsets: number[]) => offsets.map((offset) => placed(offset));
    const cases: [string, Advance<number>, string[]][] = [
      ['nothing new', advance(from(5), page(5, [5]), [], 99), []],
      ['missed', advance(from(5), page(7, [5, 6, 7]), [], 99), ['6', '7']],
      ['live fills what was trimmed', advance(from(5), page(8, [8]), live(6, 7, 8), 99), ['6', '7', '8']],
      ['trimmed', advance(from(5), page(9, [8, 9]), [], 99), ['truncated 5-7', '8', '9']],
      ['history gone', advance(from(5), page(9, []), live(9, 10), 99), ['truncated 5-8', '9', '10']],
      ['all gone', advance(from(5), page(9, []), [], 99), ['truncated 5-9']],
      ['capped', advance(from(5), page(20, [18, 19, 20]), [], 3), ['too-far-behind 5-17', '18', '19', '20']],
      ['lower head', advance(from(5), page(3, [2, 3]), [], 99), ['rewound 5-3']],
      ['late live', advance(from(5), page(6, [5, 6]), live(3, 4), 99), ['6']],
      [
        'no order',
        advance(from(5), { head: undefined, entries: [], last: true }, [], 99),
        ['no-history 5-undefined'],
      ],
    ];
    for (const [name, advanced, wanted] of cases) expect(told(advanced), name).toEqual(wanted);
  });

  it('another message at our own place means that the server lost publishes', () => {
    const other: Page<number> = { ...page(7, []), entries: [placed(5, 'e', 'other'), placed(6), placed(7)] };
    expect(told(advance(from(5), other, [], 99))).toEqual(['rewound 5-4', '5', '6', '7']);
  });

  it('a new epoch ends the old one, and late messages of it are left out', () => {
    const other: Page<number> = {
      head: { epoch: 'f', offset: 2 },
      entries: [placed(1, 'f'), placed(2, 'f')],
      last: true,
    };
    const advanced = advance(from(5), other, [placed(6), placed(2, 'f'), placed(3, 'f')], 99);
    expect(told(advanced)).toEqual(['new-epoch 5-0', '1', '2', '3']);
    expect(advanced.over).toBe('e');
  });

  it('what came of another order is left waiting, and holds up nothing of this one', () => {
    const waits = placed(1, 'g');
    const advanced = advance(from(5), page(5, [5]), [waits, placed(6), placed(7)], 99);
    expect(told(advanced)).toEqual(['6', '7']);
    expect(advanced).toMatchObject({ live: [waits], duplicates: 0 });
  });

  it('property: pages of any size give every kept message once and in order, every other as a hole', () => {
    const runs = fc.record({
      start: fc.integer({ min: 0, max: 30 }),
      head: fc.integer({ min: 0, max: 60 }),
      oldest: fc.integer({ min: 1, max: 60 }),
      pageSize: fc.integer({ min: 1, max: 9 }),
      live: fc.uniqueArray(fc.integer({ min: 1, max: 70 }), { maxLength: 12 }),
    });
    fc.assert(
      fc.property(runs, ({ start, head: top, oldest, pageSize, live }) => {
        const head = Math.max(start, top);
        let place: Advance<number>['place'] = from(start);
        let waiting: readonly Placed<number>[] = live.sort((a, b) => a - b).map((offset) => placed(offset));
        const covered: number[] = [];
        for (let more = true; more; ) {
          const first = Math.max(place?.position.offset ?? 0, oldest);
          const count = Math.max(0, Math.min(pageSize + 1, head - first + 1));
          const entries = Array.from({ length: count }, (_, i) => first + i);
          const advanced: Advance<number> = advance(
            place,
            page(head, entries, count < pageSize + 1),
            waiting,
            999,
          );
          for (const step of advanced.steps) {
            if (step.kind === 'message') covered.push(step.received.position.offset);
            else
              for (let gone = (step.from?.offset ?? 0) + 1; gone <= (step.to?.offset ?? 0); gone++) {
                expect(gone < oldest && !live.includes(gone)).toBe(true);
                covered.push(gone);
              }
          }
          ({ place, more } = advanced);
          waiting = advanced.live;
        }
        let end = head;
        while (live.includes(end + 1)) end++;
        expect(covered).toEqual(Array.from({ length: end - start }, (_, i) => start + 1 + i));
        expect(waiting.map(({ position }) => position.offset)).toEqual(live.filter((offset) => offset > end));
      }),
      { numRuns: 500 },
    );
  });
});
