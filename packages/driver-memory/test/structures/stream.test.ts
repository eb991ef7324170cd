import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Stream } from '../../src/structures/stream/stream.js';
import {
  compareIds,
  formatId,
  MAXIMUM_ID,
  nextId,
  normalizeU64,
  parseId,
  parseMsWithOpenSequence,
  previousId,
  type StreamId,
} from '../../src/structures/stream/stream-id.js';
import { defaultTrimLimit, type TrimRule } from '../../src/structures/stream/stream-trim.js';
import { expectProperty } from './property.js';

const u64 = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.bigInt({ min: 2n ** 53n - 2n, max: 2n ** 53n + 2n }),
  fc.bigInt({ min: 0n, max: 2n }),
  fc.constantFrom(2n ** 64n - 1n),
);
const id = (ms: number, seq = 0): StreamId => ({ ms, seq });

describe('stream ids', () => {
  test('compare, count up and down exactly over the whole range', () => {
    const property = (compare: typeof compareIds) =>
      fc.property(u64, u64, u64, u64, (ms1, seq1, ms2, seq2) => {
        const left = { ms: normalizeU64(ms1), seq: normalizeU64(seq1) };
        const right = { ms: normalizeU64(ms2), seq: normalizeU64(seq2) };
        const [wide1, wide2] = [(ms1 << 64n) + seq1, (ms2 << 64n) + seq2];
        expect(Math.sign(compare(left, right))).toBe(wide1 < wide2 ? -1 : wide1 > wide2 ? 1 : 0);
        const next = nextId(left);
        if (next === undefined) expect(left).toEqual(MAXIMUM_ID);
        else {
          expect((BigInt(next.ms) << 64n) + BigInt(next.seq)).toBe(wide1 + 1n);
          expect(previousId(next)).toEqual(left);
        }
        expect(parseId(formatId(left), 0)).toEqual(left);
      });
    fc.assert(property(compareIds), { seed: 1, numRuns: 1000 });
    const inDoubles: typeof compareIds = (l, r) =>
      Number(l.ms) - Number(r.ms) || Number(l.seq) - Number(r.seq);
    expect(fc.check(property(inDoubles), { seed: 1, numRuns: 1000 }).failed).toBe(true);
  });

  test('text forms', () => {
    expect(parseId('5', 7)).toEqual(id(5, 7));
    expect(parseId('5-', 0)).toBeUndefined();
    expect(parseId('-', 0)).toBeUndefined();
    expect(parseId('1-2-3', 0)).toBeUndefined();
    expect(parseId('18446744073709551616-0', 0)).toBeUndefined();
    expect(parseMsWithOpenSequence('12-*')).toBe(12);
    expect(parseMsWithOpenSequence('*')).toBeUndefined();
    expect(previousId(id(0))).toBeUndefined();
  });
});

type Row = { id: StreamId; fields: readonly string[] };
const act = fc.record({
  kind: fc.constantFrom('add', 'add', 'add', 'add', 'delete', 'maxLength', 'minimumId' as const),
  at: fc.nat(),
  text: fc.string({ maxLength: 12 }),
});

function likeAnArray(make: () => Stream) {
  return fc.property(fc.constantFrom(0, 5, 250), fc.array(act, { maxLength: 150 }), (prefill, acts) => {
    const stream = make();
    let oracle: Row[] = [];
    let ms = 1;
    const add = (text: string) => {
      ms += 1 + (text.length % 3);
      const row = { id: id(ms, text.length), fields: ['f', text] };
      expect(stream.append(row.id, row.fields)).toBe(true);
      oracle.push(row);
    };
    for (let n = 0; n < prefill; n += 1) add(`${n}`);
    for (const { kind, at, text } of acts) {
      const row = oracle[at % Math.max(1, oracle.length)];
      if (kind === 'add') add(text);
      else if (row === undefined) continue;
      else if (kind === 'delete') {
        expect(stream.delete(row.id)).toBe(true);
        expect(stream.delete(row.id)).toBe(false);
        oracle = oracle.filter((other) => other !== row);
      } else {
        const keep = kind === 'maxLength' ? oracle.length - (at % 9) : 0;
        const rule: TrimRule =
          kind === 'maxLength'
            ? { maxLength: keep, approximate: false, limit: 0 }
            : { minimumId: (oracle[at % 9] ?? row).id, approximate: false, limit: 0 };
        const kept =
          rule.minimumId === undefined
            ? oracle.slice(Math.max(0, oracle.length - Math.max(0, keep)))
            : oracle.filter((other) => compareIds(other.id, rule.minimumId) >= 0);
        expect(
          stream.trim({
            ...rule,
            ...(rule.maxLength === undefined ? {} : { maxLength: Math.max(0, keep) }),
          } as TrimRule),
        ).toBe(oracle.length - kept.length);
        oracle = kept;
      }
    }
    expect(stream.length).toBe(oracle.length);
    expect(stream.firstId).toEqual(oracle[0]?.id ?? id(0));
    expect(stream.log.edge(true)?.id).toEqual(oracle.at(-1)?.id);
    expect(stream.log.range(id(0), MAXIMUM_ID, Number.POSITIVE_INFINITY)).toEqual(oracle);
    const [start, end] = [id(ms >> 2), id(ms - (ms >> 3), 3)];
    const inside = oracle.filter((row) => compareIds(row.id, start) >= 0 && compareIds(row.id, end) <= 0);
    expect(stream.log.range(start, end, 20)).toEqual(inside.slice(0, 20));
    expect(stream.log.range(start, end, 20, true)).toEqual([...inside].reverse().slice(0, 20));
  });
}

class TrimsWithoutTheLimit extends Stream {
  override trim(rule: TrimRule): number {
    return super.trim(rule.minimumId === undefined ? rule : { ...rule, approximate: true });
  }
}

class DeletesOnlyOnPaper extends Stream {
  override delete(gone: StreamId): boolean {
    return Number(gone.ms) % 7 === 0 ? true : super.delete(gone);
  }
}

describe('Stream', () => {
  test('behaves like an array of entries', () => {
    const planted = {
      'minimum id trims nodes only': () => new TrimsWithoutTheLimit(),
      'delete misses': () => new DeletesOnlyOnPaper(),
    };
    expectProperty(likeAnArray, () => new Stream(), planted);
  });

  test('approximate trimming removes whole nodes of 100 entries', () => {
    const stream = new Stream();
    for (let n = 1; n <= 1000; n += 1) stream.append(id(n), ['n', String(n)]);
    expect(stream.log.nodes).toHaveLength(10);
    expect(stream.trim({ maxLength: 555, approximate: true, limit: defaultTrimLimit(100) })).toBe(400);
    expect(stream.trim({ minimumId: id(555), approximate: true, limit: 0 })).toBe(100);
    expect(stream.trim({ maxLength: 0, approximate: true, limit: 250 })).toBe(200);
    expect(stream.firstId).toEqual(id(701));
  });

  test('a node also ends at 4096 bytes, as the server packs them', () => {
    const stream = new Stream();
    for (let n = 1; n <= 100; n += 1) stream.append(id(n), ['payload', 'x'.repeat(200)]);
    expect(stream.log.nodes.map((node) => node.ms.length)).toEqual([19, 19, 19, 19, 19, 5]);
  });

  test('ids: automatic, open sequence, refused when not rising', () => {
    const stream = new Stream();
    expect(stream.automaticId(5)).toEqual(id(5));
    stream.append(id(5, 3), ['a', 'b']);
    expect(stream.automaticId(5)).toEqual(id(5, 4));
    expect(stream.automaticId(4)).toEqual(id(5, 4));
    expect(stream.idWithOpenSequence(5)).toEqual(id(5, 4));
    expect(stream.idWithOpenSequence(6)).toEqual(id(6));
    expect(stream.idWithOpenSequence(4)).toBeUndefined();
    expect(stream.append(id(5, 3), ['a', 'b'])).toBe(false);
    stream.append(MAXIMUM_ID, ['a', 'b']);
    expect(stream.automaticId(5)).toBeUndefined();
    expect(stream.entriesAdded).toBe(2);
  });
});
