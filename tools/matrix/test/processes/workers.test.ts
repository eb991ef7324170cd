import { expect } from 'vitest';
import { overMatrix } from '../../src/index.js';
import type { Acts } from './incrementing.worker.js';

const module = new URL('./incrementing.worker.ts', import.meta.url);

overMatrix('workers of the matrix', ({ column, startWorker, admin, where }) => {
  const onServers = where(!column.memory, 'the memory engine lives in this process alone');

  let left = 0;

  onServers('several processes work on the servers of their column, and die without a word', async () => {
    const [one, two] = await Promise.all([startWorker<Acts>(module), startWorker<Acts>(module)]);
    expect(await one.call('increment', 'a')).toBe(1);
    expect(await two.call('increment', 'a')).toBe(2);
    await one.pause();
    const late = one.call('increment', 'a');
    expect(await two.call('increment', 'a')).toBe(3);
    one.resume();
    expect(await late).toBe(4);
    await one.kill();
    expect(await two.call('increment', 'a')).toBe(5);
    expect(await admin('GET', 'a')).toBe('5');
    left = two.pid;
  });

  onServers('a worker that a test left behind is gone before the next test', async () => {
    expect(() => process.kill(left, 0)).toThrow('ESRCH');
  });

  const onMemory = where(column.memory, 'servers are seen by every process');
  onMemory('the memory engine cannot be shared, and that is said', async () => {
    await expect(startWorker(module)).rejects.toThrow('in this process alone');
  });
});
