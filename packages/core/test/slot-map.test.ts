import { describe, expect, it } from 'vitest';
import type { RandomSource } from '../src/contract/random.js';
import { slotOf } from '../src/keys/slot.js';
import { SlotMap } from '../src/kit/cluster/slot-map.js';

const preferring = (fraction: number): RandomSource => ({
  bytes: (length) => new Uint8Array(length),
  fraction: () => fraction,
});
const here = '10.0.0.1:7000';
const range = (from: number, to: number, ...node: (string | number | null)[]) => [from, to, node];

describe('the map of a cluster', () => {
  it('knows the primary of every slot that is served, and of no other', () => {
    const map = new SlotMap(preferring(0));
    expect(map.primaryOf('a')).toBeUndefined();
    map.draw([range(0, 8191, '10.0.0.1', 7000, 'id1'), range(8192, 16382, '10.0.0.2', 7001, 'id2')], here);
    expect(slotOf('a')).toBe(15495);
    expect(map.primaryOf('a')).toBe('10.0.0.2:7001');
    expect(map.primaries).toEqual(['10.0.0.1:7000', '10.0.0.2:7001']);
    map.draw([range(0, 100, '10.0.0.3', 7002, 'id3')], here);
    expect([map.primaryOf('a'), map.primaries]).toEqual([undefined, ['10.0.0.3:7002']]);
  });

  it.each([
    ['empty', ''],
    ['null', null],
    ['unknown', '?'],
  ])('takes an %s host for that of the node that answered', (_name, host) => {
    const map = new SlotMap(preferring(0));
    map.draw([range(0, 16383, host, 7009, 'id')], here);
    expect(map.primaryOf('a')).toBe('10.0.0.1:7009');
  });

  it('reads addresses of IPv6', () => {
    const map = new SlotMap(preferring(0));
    map.draw([range(0, 16383, '::1', 7009, 'id')], here);
    expect(map.primaryOf('a')).toBe('::1:7009');
  });

  it('learns from a redirection, and keeps its order of preference', () => {
    const map = new SlotMap(preferring(0.5));
    map.draw([range(0, 9000, 'a', 1, 'id1'), range(9001, 16383, 'b', 1, 'id2')], here);
    expect(map.primaries).toEqual(['b:1', 'a:1']);
    map.learn(slotOf('a'), 'c:1');
    expect([map.primaryOf('a'), map.primaries]).toEqual(['c:1', ['b:1', 'c:1', 'a:1']]);
  });

  it.each([
    ['no array', 'OK'],
    ['a range without a node', [[0, 100]]],
    ['a node without a port', [range(0, 100, '10.0.0.1')]],
  ])('refuses %s and names the command', (_name, reply) => {
    expect(() => new SlotMap(preferring(0)).draw(reply, here)).toThrow('CLUSTER SLOTS');
  });
});
