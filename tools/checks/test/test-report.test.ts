import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { StepResult } from '../step-runner.mjs';
import { failureLines, finalCounts, readTestReport, summaryLine } from '../test-report.mjs';

const folder = mkdtempSync(join(tmpdir(), 'report-'));
const path = join(folder, 'progress.jsonl');
afterAll(() => rmSync(folder, { recursive: true }));

const end = (file: string, passed: number, failed: number, skipped: number, ms: number): object => ({
  kind: 'end',
  file,
  passed,
  failed,
  skipped,
  ms,
  failures: Array.from({ length: failed }, (_, i) => ({
    name: `${file} > test ${i}`,
    message: 'expected\nthis',
  })),
  unsteady: [],
});
const unhandled = { name: 'an error outside of any test', message: 'planted' };
const report = (lines: object[], tail = ''): ReturnType<typeof readTestReport> => {
  writeFileSync(path, `${lines.map((line) => JSON.stringify(line)).join('\n')}\n${tail}`);
  return readTestReport(path);
};

it('adds up a complete run, with errors outside of any test as failures', () => {
  const all = report([
    end('a', 3, 1, 2, 10),
    end('b', 4, 0, 0, 20),
    { kind: 'run', unhandled: [unhandled, unhandled] },
  ]);
  expect(all).toMatchObject({ passed: 7, failed: 3, skipped: 2, complete: true, unfinished: [] });
  expect(summaryLine(all)).toBe('7 passed, 3 failed, 2 skipped');
});

it('names the ten slowest files, the slowest first', () => {
  const { slowest } = report(Array.from({ length: 12 }, (_, index) => end(`f${index}`, 1, 0, 0, index)));
  expect(slowest.map(({ file }) => file)).toEqual([
    'f11',
    'f10',
    'f9',
    'f8',
    'f7',
    'f6',
    'f5',
    'f4',
    'f3',
    'f2',
  ]);
});

it('tells what a stopped run did and what was running, and drops a half-written line', () => {
  const start = (file: string): object => ({ kind: 'start', file });
  const stopped = report([start('a'), start('b'), end('a', 1, 0, 0, 5)], '{"kind":"end","file":"b","pas');
  expect(stopped).toMatchObject({ passed: 1, failed: 0, complete: false, unfinished: ['b'] });
});

it('takes a missing report for a run without tests', () => {
  expect(readTestReport(join(folder, 'none'))).toMatchObject({
    passed: 0,
    failed: 0,
    skipped: 0,
    complete: false,
  });
});

const outcomes = (tests: StepResult['outcome'], lint: StepResult['outcome'] = 'passed'): StepResult[] => [
  { name: 'lint', outcome: lint, ms: 1 },
  { name: 'tests', outcome: tests, ms: 1 },
];
const counted = {
  passed: 5,
  failed: 0,
  skipped: 1,
  slowest: [],
  failures: [],
  unsteady: [],
  unfinished: [],
  complete: true,
};

it.each([
  ['all is well', counted, outcomes('passed'), '5 passed, 0 failed, 1 skipped'],
  ['a check failed', counted, outcomes('passed', 'failed'), '5 passed, 1 failed, 1 skipped'],
  ['tests failed', { ...counted, failed: 2 }, outcomes('failed'), '5 passed, 2 failed, 1 skipped'],
  ['the runner failed without a failed test', counted, outcomes('failed'), '5 passed, 1 failed, 1 skipped'],
  [
    'the runner died after a failed test',
    { ...counted, failed: 2, complete: false },
    outcomes('failed'),
    '5 passed, 3 failed, 1 skipped',
  ],
  [
    'the run was stopped',
    { ...counted, complete: false },
    outcomes('stopped'),
    '5 passed, 1 failed, 1 skipped',
  ],
  [
    'no time was left',
    { ...counted, passed: 0, skipped: 0 },
    outcomes('not run', 'stopped'),
    '0 passed, 2 failed, 0 skipped',
  ],
  ['no test ran', { ...counted, passed: 0 }, outcomes('passed'), '0 passed, 1 failed, 1 skipped'],
])('counts when %s', (_what, report, results, line) => {
  expect(summaryLine(finalCounts(report, results, 'tests'))).toBe(line);
});

it('names what failed, and why, for the end of the output', () => {
  const steps = outcomes('failed', 'failed');
  const failed = report([end('a', 3, 1, 0, 10), { kind: 'run', unhandled: [unhandled] }]);
  expect(failureLines({ ...failed, unsteady: ['b > c'] }, steps, 'tests')).toEqual([
    'unsteady, tried twice: b > c',
    'FAILED a > test 0',
    '  expected',
    '  this',
    'FAILED an error outside of any test',
    '  planted',
    'FAILED lint: see above, under "== lint"',
  ]);
  const many = failureLines(report([end('a', 0, 23, 0, 10)]), outcomes('failed'), 'tests');
  expect(many.filter((line) => line.startsWith('FAILED'))).toHaveLength(20);
  expect(many.at(-1)).toBe('… and 3 more failures, told above');
  expect(failureLines(report([end('a', 1, 0, 0, 10)]), outcomes('passed'), 'tests')).toEqual([]);
});
