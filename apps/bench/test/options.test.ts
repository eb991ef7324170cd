import { expect, it } from 'vitest';
import { readOptions } from '../src/options.js';

it('a run without options is whole and writes its page', () => {
  expect(readOptions([])).toEqual({
    only: [],
    json: undefined,
    html: 'bench-report.html',
    list: false,
    quick: false,
    effort: { rounds: 9, roundMs: 500, warmUpMs: 1000 },
  });
});

it('names add up, files are named, and quick is shorter but as warm', () => {
  const read = readOptions([
    '--',
    '--only',
    'locks',
    '--only',
    'driver/',
    '--json',
    'a.json',
    '--quick',
    '--list',
  ]);
  expect(read).toMatchObject({ only: ['locks', 'driver/'], json: 'a.json', quick: true, list: true });
  expect(read.effort).toEqual({ rounds: 3, roundMs: 200, warmUpMs: 1000 });
});

it('what it does not know is refused with the usage', () => {
  expect(() => readOptions(['--fast'])).toThrow(/'--fast'[\s\S]*usage: npm run bench/);
  expect(() => readOptions(['locks'])).toThrow(/usage: npm run bench/);
  expect(() => readOptions(['--only'])).toThrow(/usage: npm run bench/);
});
