// A vitest reporter that writes one JSON line to $PENKNIFE_PROGRESS when a test file starts and when it ends. Lines, not one
// report at the end: a run that is stopped half-way still tells what ran, what failed and what was running.
import { appendFileSync } from 'node:fs';
import { relative } from 'node:path';

/**
 * @typedef {{ kind: 'start', file: string }
 *   | { kind: 'end', file: string, passed: number, failed: number, skipped: number, ms: number }
 *   | { kind: 'run', unhandled: number }} ProgressLine
 */

/** The reporter itself; vitest makes one and calls it. */
export default class ProgressReporter {
  #path = process.env.PENKNIFE_PROGRESS ?? '';
  /** @type {string[]} tests that needed a second try: each is a bug to be found, in the test or under it */
  #unsteady = [];

  /** @param {import('vitest/node').TestModule} module */
  onTestModuleStart(module) {
    this.#write({ kind: 'start', file: fileOf(module) });
  }

  /** @param {import('vitest/node').TestModule} module */
  onTestModuleEnd(module) {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      counts[state === 'pending' ? 'skipped' : state] += 1;
      if ((test.diagnostic()?.retryCount ?? 0) > 0)
        this.#unsteady.push(`${fileOf(module)} > ${test.fullName}`);
    }
    // A file that cannot be loaded, or whose hook threw, has no failed test of its own.
    if (!module.ok() && counts.failed === 0) counts.failed = 1;
    const { setupDuration, collectDuration, duration } = module.diagnostic();
    this.#write({
      kind: 'end',
      file: fileOf(module),
      ...counts,
      ms: setupDuration + collectDuration + duration,
    });
  }

  /** @param {readonly import('vitest/node').TestModule[]} _modules @param {readonly unknown[]} unhandled */
  onTestRunEnd(_modules, unhandled) {
    this.#write({ kind: 'run', unhandled: unhandled.length });
    for (const name of this.#unsteady) console.log(`unsteady, tried twice: ${name}`);
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
