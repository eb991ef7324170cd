// The whole check, as CI runs it: `node tools/checks/run-tests.mjs [--full] [test file filter …]`.
// Every step runs, also after a failure. The last line of stdout is `N passed, N failed, N skipped`: tests are counted one by
// one; a check that fails adds one to failed, a check that passes adds nothing. Exit code 1 on any failure, or when no test ran.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binary, pnpm, root } from './commands.mjs';
import { runSteps } from './step-runner.mjs';
import { failureLines, finalCounts, readTestReport, summaryLine } from './test-report.mjs';

const CI_LIMIT_MS = 20 * 60_000;
const full = process.argv.includes('--full');
const filters = process.argv.slice(2).filter((argument) => argument !== '--full');
const limitMs = process.env.CI === 'true' && !full ? CI_LIMIT_MS : Number.POSITIVE_INFINITY;

const folder = mkdtempSync(join(tmpdir(), 'penknife-tests-'));
const progress = join(folder, 'progress.jsonl');
const details = join(folder, 'results.json');
const TESTS = full ? 'tests, everything' : 'tests';
const script = (/** @type {string} */ path) => /** @type {const} */ ([process.execPath, join(root, path)]);

/** @type {import('./step-runner.mjs').Step[]} */
const steps = [
  { name: 'lint and format', command: [...binary('biome'), 'check'] },
  { name: 'structure', command: [...script('tools/structure/check.mjs')] },
  {
    name: 'types',
    command: [
      ...pnpm(),
      'exec',
      'turbo',
      'run',
      'typecheck',
      '--output-logs=errors-only',
      '--continue',
      '--concurrency=2',
    ],
    env: { TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' },
  },
  { name: 'snippets of the documentation', command: [...script('tools/checks/compile-snippets.mjs')] },
  {
    name: TESTS,
    command: [
      ...binary('vitest'),
      'run',
      '--reporter=default',
      `--reporter=${join(root, 'tools/checks/progress-reporter.mjs')}`,
      ...(full ? ['--reporter=json', `--outputFile.json=${details}`] : []),
      ...filters,
    ],
    env: { PENKNIFE_PROGRESS: progress, ...(full && { PENKNIFE_TIER: 'full' }) },
  },
];
// A filtered run has not seen every column.
if (full && filters.length === 0)
  steps.push({
    name: 'support table',
    command: [...script('tools/checks/support-table.mjs'), details],
  });
if (full) steps.push({ name: 'packages', command: [...script('tools/checks/check-packages.mjs')] });

const interrupted = new AbortController();
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
  process.on(signal, () => interrupted.abort());

const results = await runSteps(steps, { cwd: root, limitMs, print: console.log, signal: interrupted.signal });
const report = readTestReport(progress);
rmSync(folder, { recursive: true });

console.log('\n== result');
if (report.slowest.length > 0) console.log(`the ${report.slowest.length} slowest test files:`);
for (const { file, ms } of report.slowest) console.log(`  ${(ms / 1000).toFixed(1).padStart(6)} s  ${file}`);
for (const file of report.unfinished) console.log(`  stopped while running ${file}`);
for (const { name, outcome, ms } of results)
  console.log(`  ${outcome.padEnd(7)} ${(ms / 1000).toFixed(1).padStart(6)} s  ${name}`);

const counts = finalCounts(report, results, TESTS);
if (counts.passed + report.failed === 0) console.log('no test ran');
if (results.some(({ outcome }) => outcome === 'stopped'))
  console.log(interrupted.signal.aborted ? 'interrupted' : 'stopped after 20 minutes');
for (const line of failureLines(report, results, TESTS)) console.log(line);
console.log(summaryLine(counts));
process.exitCode = counts.failed > 0 ? 1 : 0;
