// Adds up the progress lines of a test run, also of one that was stopped.
import { existsSync, readFileSync } from 'node:fs';

/**
 * @typedef {object} TestReport
 * @property {number} passed
 * @property {number} failed tests, files that could not run, and errors outside of any test
 * @property {number} skipped
 * @property {{ file: string, ms: number }[]} slowest at most ten files, the slowest first
 * @property {import('./progress-reporter.mjs').Failure[]} failures what failed, and why
 * @property {string[]} unsteady tests that passed at their second try only
 * @property {string[]} unfinished files that had started when the run was stopped
 * @property {boolean} complete the run reached its end
 */

const SLOWEST = 10;
const TOLD = 20;

/** @param {string} path a file of the progress reporter; one that is missing or empty is a run without tests @returns {TestReport} */
export function readTestReport(path) {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  /** @type {import('./progress-reporter.mjs').ProgressLine[]} */
  const lines = text.split('\n').flatMap(parseLine);
  const ended = lines.filter((line) => line.kind === 'end');
  const runs = lines.filter((line) => line.kind === 'run');
  const done = new Set(ended.map(({ file }) => file));
  const started = lines.filter((line) => line.kind === 'start').map(({ file }) => file);
  return {
    passed: sum(ended.map(({ passed }) => passed)),
    failed: sum(ended.map(({ failed }) => failed)) + sum(runs.map(({ unhandled }) => unhandled.length)),
    skipped: sum(ended.map(({ skipped }) => skipped)),
    slowest: ended
      .map(({ file, ms }) => ({ file, ms }))
      .sort((a, b) => b.ms - a.ms)
      .slice(0, SLOWEST),
    failures: [...ended.flatMap(({ failures }) => failures), ...runs.flatMap(({ unhandled }) => unhandled)],
    unsteady: ended.flatMap(({ unsteady }) => unsteady),
    unfinished: started.filter((file) => !done.has(file)),
    complete: runs.length > 0,
  };
}

/**
 * What failed, for the end of a run's output, where it is looked for: the tests by name with the first lines of why, then the
 * checks, whose output stands further up under their headlines.
 * @param {TestReport} report
 * @param {readonly import('./step-runner.mjs').StepResult[]} results
 * @param {string} testStep name of the step whose tests the report counts
 */
export function failureLines({ failures, unsteady }, results, testStep) {
  const more = failures.length - TOLD;
  return [
    ...unsteady.map((name) => `unsteady, tried twice: ${name}`),
    ...failures
      .slice(0, TOLD)
      .flatMap(({ name, message }) => [`FAILED ${name}`, ...message.split('\n').map((line) => `  ${line}`)]),
    ...(more > 0 ? [`… and ${more} more failures, told above`] : []),
    ...results
      .filter(({ name, outcome }) => name !== testStep && outcome === 'failed')
      .map(({ name }) => `FAILED ${name}: see above, under "== ${name}"`),
  ];
}

/**
 * The last line of a run, in the one form that scripts read.
 * @param {{ passed: number, failed: number, skipped: number }} counts
 */
export function summaryLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/**
 * The counts of the whole run. A failed check adds one to failed. So does the test step when its own tests do not already say
 * why: it was stopped, it ended badly without a failed test, or it ended well without running any.
 * @param {TestReport} report
 * @param {readonly import('./step-runner.mjs').StepResult[]} results
 * @param {string} testStep name of the step whose tests the report counts
 */
export function finalCounts({ passed, failed, skipped, complete }, results, testStep) {
  const checks = results.filter(({ name, outcome }) => name !== testStep && outcome !== 'passed').length;
  const outcome = results.find(({ name }) => name === testStep)?.outcome;
  const saysWhy = outcome === 'failed' && complete && failed > 0;
  const good = outcome === 'passed' && passed + failed > 0;
  return { passed, failed: failed + checks + (saysWhy || good ? 0 : 1), skipped };
}

/** A line that a stopped run left half-written is dropped. @param {string} line */
function parseLine(line) {
  try {
    return line === '' ? [] : [JSON.parse(line)];
  } catch {
    return [];
  }
}

/** @param {number[]} numbers */
function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
