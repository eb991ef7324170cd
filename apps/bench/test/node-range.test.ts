import { describe, expect, it } from 'vitest';
import { inNodeRange } from '../src/node-range.js';

describe('a range of Node versions', () => {
  it.each([
    ['>=22', ['22.0.0', '24.3.1'], ['21.9.9', '20.20.2']],
    ['>= 20.19.0', ['20.19.0', '20.20.2', '22.0.0'], ['20.18.9', '18.20.0']],
    ['>=20.6', ['20.6.0', '20.19.0'], ['20.5.9']],
    ['>18 <=20', ['19.0.0', '20.20.2'], ['18.20.0', '21.0.0']],
    ['>=18 <23', ['18.0.0', '22.9.0'], ['23.0.0', '17.9.0']],
    ['20 || >=22', ['20.0.0', '20.20.2', '22.0.0'], ['21.1.0', '18.0.0']],
    ['^12.22.0 || ~14.16', ['12.22.0', '12.99.0', '14.16.3'], ['12.21.0', '14.17.0', '13.0.0']],
    ['20.x', ['20.1.0'], ['22.0.0']],
    ['*', ['1.0.0'], []],
  ])('%s', (range, inside, outside) => {
    expect(inside.filter((version) => !inNodeRange(version, range))).toEqual([]);
    expect(outside.filter((version) => inNodeRange(version, range))).toEqual([]);
  });

  it('one that it cannot read is no yes', () => {
    expect(() => inNodeRange('20.0.0', '18 - 20')).toThrow(/cannot read/);
    expect(() => inNodeRange('20.0.0', 'current')).toThrow(/'current'/);
  });
});
