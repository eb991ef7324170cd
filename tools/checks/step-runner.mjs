// Runs the steps of a check one after the other, each under a headline and with its duration. A step that fails does not
// stop the next one; a time limit or a signal stops the running step and all that follow.
import { spawn } from 'node:child_process';
import { isAbsolute } from 'node:path';

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {import('./commands.mjs').CommandLine} command
 * @property {Record<string, string>} [env]
 */
/** @typedef {{ name: string, outcome: 'passed' | 'failed' | 'stopped' | 'not run', ms: number }} StepResult */
/**
 * @typedef {object} RunOptions
 * @property {string} cwd
 * @property {number} limitMs over all steps; Infinity for none
 * @property {(line: string) => void} print
 * @property {AbortSignal} [signal]
 */

const GRACE_MS = 10_000;

/** @param {readonly Step[]} steps @param {RunOptions} options @returns {Promise<StepResult[]>} */
export async function runSteps(steps, options) {
  const start = performance.now();
  /** @type {StepResult[]} */
  const results = [];
  for (const step of steps) {
    const left = options.limitMs - (performance.now() - start);
    if (left <= 0 || options.signal?.aborted) {
      results.push({ name: step.name, outcome: 'not run', ms: 0 });
      continue;
    }
    options.print(`\n== ${step.name}`);
    const began = performance.now();
    const outcome = await runStep(step, left, options);
    const ms = performance.now() - began;
    results.push({ name: step.name, outcome, ms });
    options.print(`-- ${step.name}: ${outcome} in ${(ms / 1000).toFixed(1)} s`);
  }
  return results;
}

/** @param {Step} step @param {number} limitMs @param {RunOptions} options @returns {Promise<StepResult['outcome']>} */
function runStep(step, limitMs, options) {
  return new Promise((done) => {
    const [command, ...args] = step.command;
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...step.env },
      stdio: ['ignore', 'inherit', 'inherit'],
      // pnpm and npx are command scripts on Windows, which only a shell starts.
      shell: process.platform === 'win32' && !isAbsolute(command),
    });
    let stopped = false;
    /** @type {NodeJS.Timeout | undefined} */
    let kill;
    const stop = () => {
      if (stopped) return;
      stopped = true;
      child.kill('SIGTERM');
      kill = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
    };
    const limit = Number.isFinite(limitMs) ? setTimeout(stop, limitMs) : undefined;
    options.signal?.addEventListener('abort', stop);
    /** @param {StepResult['outcome']} outcome */
    const finish = (outcome) => {
      clearTimeout(limit);
      clearTimeout(kill);
      options.signal?.removeEventListener('abort', stop);
      done(outcome);
    };
    child.on('error', (error) => {
      options.print(`cannot run ${command}: ${error.message}`);
      finish('failed');
    });
    child.on('exit', (code) => finish(stopped ? 'stopped' : code === 0 ? 'passed' : 'failed'));
  });
}
