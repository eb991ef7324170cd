import { answerParent, startWorker, type WorkerProcess } from '../../src/index.js';
import type { Acts as ChildActs } from './counting.worker.js';

const children: WorkerProcess<ChildActs>[] = [];

/** A process that starts workers itself, to be killed by the test. */
const acts = {
  async start(module: string, state: 'running' | 'paused' | 'spinning'): Promise<number> {
    let begun: () => void = () => undefined;
    const spinning = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const child = await startWorker<ChildActs>(module, { onReport: () => begun() });
    children.push(child);
    if (state === 'paused') await child.pause();
    if (state === 'spinning') {
      child.call('spin').catch(() => undefined);
      await spinning;
    }
    return child.pid;
  },
};

/** For the types of the test. */
export type Acts = typeof acts;

answerParent(acts);
