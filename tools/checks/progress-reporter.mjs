// A vitest reporter that writes one JSON line to $PENKNIFE_PROGRESS when a test file starts and when it ends. Lines, not one
// report at the end: a run that is stopped half-way still tells what ran, what failed and what was running.
import { appendFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** @typedef {{ name: string, message: string }} Failure what failed, by its full name, and the first lines of why */
/**
 * @typedef {{ kind: 'start', file: string }
 *   | { kind: 'end', file: string, passed: number, failed: number, skipped: number, ms: number, failures: Failure[], unsteady: string[] }
 *   | { kind: 'run', unhandled: Failure[] }} ProgressLine
 */
/** @typedef {{ message?: string, stack?: string, diff?: string }} Thrown */

const MESSAGE_LINES = 12;

/** The reporter itself; vitest makes one and calls it. */
export default class ProgressReporter {
  #path = process.env.PENKNIFE_PROGRESS ?? '';

  /** @param {import('vitest/node').TestModule} module */
  onTestModuleStart(module) {
    this.#write({ kind: 'start', file: fileOf(module) });
  }

  /** @param {import('vitest/node').TestModule} module */
  onTestModuleEnd(module) {
    const file = fileOf(module);
    const counts = { passed: 0, failed: 0, skipped: 0 };
    /** @type {Failure[]} */
    const failures = [];
    /** @type {string[]} tests that needed a second try: each is a bug to be found, in the test or under it */
    const unsteady = [];
    for (const test of module.children.allTests()) {
      const { state, errors } = test.result();
      counts[state === 'pending' ? 'skipped' : state] += 1;
      const name = `${file} > ${test.fullName}`;
      if (state === 'failed') failures.push({ name, message: told(errors) });
      else if ((test.diagnostic()?.retryCount ?? 0) > 0) unsteady.push(name);
    }
    for (const suite of module.children.allSuites()) {
      if (suite.errors().length > 0)
        failures.push({ name: `${file} > ${suite.fullName}`, message: told(suite.errors()) });
    }
    if (module.errors().length > 0) failures.push({ name: file, message: told(module.errors()) });
    // A file that cannot be loaded, or whose hook threw, has no failed test of its own.
    if (!module.ok() && counts.failed === 0) counts.failed = 1;
    const { setupDuration, collectDuration, duration } = module.diagnostic();
    const ms = setupDuration + collectDuration + duration;
    this.#write({ kind: 'end', file, ...counts, ms, failures, unsteady });
  }

  /** @param {readonly import('vitest/node').TestModule[]} _modules @param {readonly Thrown[]} unhandled */
  onTestRunEnd(_modules, unhandled) {
    const name = 'an error outside of any test';
    this.#write({ kind: 'run', unhandled: unhandled.map((error) => ({ name, message: told([error]) })) });
  }

  /** @param {ProgressLine} line */
  #write(line) {
    if (this.#path !== '') appendFileSync(this.#path, `${JSON.stringify(line)}\n`);
  }
}

/** @param {import('vitest/node').TestModule} module */
function fileOf(module) {
  return relative(process.cwd(), module.moduleId).replaceAll('\\', '/');
}

/** The first lines of what was thrown, and where. @param {readonly Thrown[]} errors */
function told(errors) {
  return errors
    .flatMap(({ message = 'thrown without a message', diff, stack = '' }) => {
      const lines = stripVTControlCharacters(diff === undefined ? message : `${message}\n${diff}`).split(
        '\n',
      );
      const where = stack.split('\n').find((line) => /^\s*at /.test(line) && !line.includes('node_modules'));
      const first = lines.slice(0, MESSAGE_LINES);
      return [...first, ...(lines.length > MESSAGE_LINES ? ['…'] : []), ...(where ? [where.trim()] : [])];
    })
    .join('\n');
}
