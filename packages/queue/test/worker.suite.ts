import type { Clock, Driver } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createQueue } from '../src/index.js';
import { collect, until } from './collect.js';

/** What a worker sends at once, and what it leaves behind. */
export function workerSuite(context: MatrixContext): void {
  context.where(context.column.memory, 'a lease passes only on a clock that is moved by hand')(
    'trap 8: many leases are renewed by commands of some hundred each',
    async () => {
      const driver = await context.driver();
      const renewed: number[] = [];
      const counting: Driver = {
        ...driver,
        send(command, options) {
          // Three arguments of EVALSHA with twelve keys and eight arguments before the first id; two a job.
          if (command.script?.name === 'queue/extend') renewed.push((command.args.length - 23) / 2);
          return driver.send(command, options);
        },
      };
      const queue = createQueue<number>(counting, 'crowd');
      for (let i = 0; i < 2; i++) await queue.addMany(Array.from({ length: 600 }, (_, data) => ({ data })));
      const worker = queue.work(
        ({ signal }) => new Promise((resolve) => signal.addEventListener('abort', resolve)),
        { concurrency: 1200, lease: '10s' },
      );
      await until(async () => worker.running === 1200);
      await context.advance(2500);
      // Also when its subscription was live it looked after them.
      expect(new Set(renewed)).toEqual(new Set([500, 200]));
      expect(renewed.reduce((sum, count) => sum + count, 0) % 1200).toBe(0);
      await context.advance(60_000);
      expect(await queue.counts()).toMatchObject({ working: 1200 });
      await worker.close({ grace: 0 });
    },
  );

  it('a worker whose driver was closed leaves no timer behind, though nobody closes it', async () => {
    const driver = await context.driver();
    const armed = new Set<object>();
    const timer: Clock['timer'] = (ms, due) => {
      const mark = {};
      armed.add(mark);
      const own = driver.clock.timer(ms, () => {
        armed.delete(mark);
        due();
      });
      return {
        cancel() {
          armed.delete(mark);
          own.cancel();
        },
      };
    };
    const queue = createQueue<string>({ ...driver, clock: { ...driver.clock, timer } }, 'left');
    const honest = createQueue<string>(await context.driver(), 'left');
    const started = collect<string>();
    let finish = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const worker = queue.work(
      async ({ id }) => {
        started.push(id);
        await held;
      },
      { concurrency: 2 },
    );
    await honest.add('a');
    await started.count(1);
    // Its lease, and when it looks again.
    await until(async () => armed.size === 2);
    await driver.close();
    finish();
    await until(async () => worker.running === 0);
    expect(armed.size).toBe(0);
    await worker.close();
    expect(await honest.counts()).toMatchObject({ working: 1 });
  });
}
