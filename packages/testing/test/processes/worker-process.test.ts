import { bundleModule } from '@penknife/config/bundle-module';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { answerParent, machineTimeMs, startWorker, type WorkerProcess } from '../../src/index.js';
import type { Acts } from './counting.worker.js';
import type { Acts as GrandparentActs } from './grandparent.worker.js';

let module: string;
let grandparent: string;
const open: WorkerProcess[] = [];

beforeAll(async () => {
  [module, grandparent] = await Promise.all([
    bundleModule(new URL('./counting.worker.ts', import.meta.url)),
    bundleModule(new URL('./grandparent.worker.ts', import.meta.url)),
  ]);
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((worker) => worker.kill()));
});

async function started(onReport?: (value: unknown) => void): Promise<WorkerProcess<Acts>> {
  const worker = await startWorker<Acts>(module, onReport === undefined ? {} : { onReport });
  open.push(worker as unknown as WorkerProcess);
  return worker;
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Resolves when a process that is nobody's child here is gone; the test's own time limit is the deadline. */
async function untilGone(pid: number): Promise<void> {
  while (exists(pid)) await new Promise((resolve) => setImmediate(resolve));
}

describe('a worker process', () => {
  it('answers calls, with values that JSON has no words for', async () => {
    const worker = await started();
    expect(worker.pid).not.toBe(process.pid);
    expect(exists(worker.pid)).toBe(true);
    expect(await worker.call('add', 2, 3)).toBe(5);
    expect(await worker.call('fence')).toBe(2n ** 60n);
  });

  it('gives an error its name, words and code, and goes on', async () => {
    const worker = await started();
    await expect(worker.call('refuse')).rejects.toMatchObject({
      name: 'RangeError',
      message: 'not today',
      code: 'E_TODAY',
    });
    await expect(worker.call('unknown' as 'time')).rejects.toThrow("no act 'unknown', only add, fence");
    await expect(worker.call('toString' as 'time')).rejects.toThrow("no act 'toString'");
    expect(await worker.call('add', 1, 1)).toBe(2);
  });

  it('trap: a killed worker ends without a word, and whoever waits for it is told', async () => {
    let begun: (value: unknown) => void = () => undefined;
    const hanging = new Promise((resolve) => {
      begun = resolve;
    });
    const worker = await started(begun);
    const call = worker.call('hang');
    call.catch(() => undefined);
    expect(await hanging).toBe('hanging');
    await worker.kill();
    expect(exists(worker.pid)).toBe(false);
    expect(worker.running).toBe(false);
    expect(await worker.ended).toBe(128 + 9);
    await expect(call).rejects.toThrow('ended with 137');
    await expect(worker.call('time')).rejects.toThrow('has ended');
    await worker.kill();
  });

  it('a paused worker stands still and does not know: it answers after it was resumed', async () => {
    const worker = await started();
    await worker.pause();
    const asked = machineTimeMs();
    let answered = false;
    const call = worker.call('time').finally(() => {
      answered = true;
    });
    // Another one is asked and answers: time enough for an answer that must not come.
    const other = await started();
    expect(await other.call('add', 1, 1)).toBe(2);
    expect(answered).toBe(false);
    const resumed = machineTimeMs();
    worker.resume();
    expect(await call).toBeGreaterThan(resumed);
    expect(resumed).toBeGreaterThan(asked);
  });

  it('one monotonic clock serves all processes', async () => {
    const [one, two] = await Promise.all([started(), started()]);
    const times = [machineTimeMs()];
    for (const worker of [one, two, one, two]) times.push(await worker.call('time'), machineTimeMs());
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it('one that ends by itself says with what, and what it had printed', async () => {
    const worker = await started();
    await expect(worker.call('leave', 3)).rejects.toThrow('ended with 3: I am leaving');
    expect(await worker.ended).toBe(3);
  });

  it('one that ends before it is ready is an error that shows why', async () => {
    await expect(startWorker('/nowhere/there-is-nothing.mjs')).rejects.toThrow('there-is-nothing');
  });

  it('gets the environment it was given', async () => {
    const worker = await startWorker<Acts>(module, { env: { PENKNIFE_SAYS: 'hello' } });
    open.push(worker as unknown as WorkerProcess);
    expect(await worker.call('variable', 'PENKNIFE_SAYS')).toBe('hello');
  });

  it('refuses to answer a parent that there is not', () => {
    const { send } = process;
    // vitest's own workers have a parent, too.
    process.send = undefined as never;
    try {
      expect(() => answerParent({})).toThrow('not started by startWorker()');
    } finally {
      if (send !== undefined) process.send = send;
    }
  });
});

describe('the workers of a process that dies', () => {
  it.each(['running', 'paused', 'spinning'] as const)('trap: go with it, also when %s', async (state) => {
    const parent = await startWorker<GrandparentActs>(grandparent);
    const pid = await parent.call('start', module, state);
    expect(exists(pid)).toBe(true);
    await parent.kill();
    await untilGone(pid);
    expect(exists(pid)).toBe(false);
  });
});
