import { expect, it } from 'vitest';
import { runSteps, type Step } from '../step-runner.mjs';

const node = (name: string, code: string): Step => ({ name, command: [process.execPath, '-e', code] });
const FOREVER = 'setInterval(() => {}, 1000)';

async function run(steps: Step[], limitMs = 60_000, signal?: AbortSignal) {
  const printed: string[] = [];
  const options = {
    cwd: process.cwd(),
    limitMs,
    print: (line: string) => void printed.push(line),
    ...(signal && { signal }),
  };
  const results = await runSteps(steps, options);
  return { printed, outcomes: results.map(({ name, outcome }) => `${name}: ${outcome}`) };
}

it('goes on after a failed step, with a headline and a duration for each', async () => {
  const { printed, outcomes } = await run([node('bad', 'process.exit(3)'), node('good', '')]);
  expect(outcomes).toEqual(['bad: failed', 'good: passed']);
  expect(printed[0]).toBe('\n== bad');
  expect(printed[1]).toMatch(/^-- bad: failed in \d+\.\d s$/);
});

it('takes a command that cannot start for a failure', async () => {
  const { printed, outcomes } = await run([{ name: 'gone', command: ['./no-such-command'] }]);
  expect(outcomes).toEqual(['gone: failed']);
  expect(printed.join('\n')).toContain('cannot run ./no-such-command');
});

it('stops a step at the limit and runs none after it', async () => {
  const { outcomes } = await run([node('long', FOREVER), node('late', '')], 300);
  expect(outcomes).toEqual(['long: stopped', 'late: not run']);
});

it('stops on a signal', async () => {
  const controller = new AbortController();
  const running = run([node('long', FOREVER), node('late', '')], Number.POSITIVE_INFINITY, controller.signal);
  controller.abort();
  expect((await running).outcomes).toEqual(['long: stopped', 'late: not run']);
});

it('hands a step its environment', async () => {
  const step = {
    ...node('env', "process.exit(process.env.PENKNIFE_TIER === 'full' ? 0 : 1)"),
    env: { PENKNIFE_TIER: 'full' },
  };
  expect((await run([step])).outcomes).toEqual(['env: passed']);
});
