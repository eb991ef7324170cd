import { type MatrixContext, overFailovers } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createQueue, type Job, queueKeys } from '../src/index.js';

/** Any key of the queue: all lie in one slot. */
const key = queueKeys.in('pk').jobs('mails');
const known = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const;

/** Handlers that are done when they are told, or stop at their job's signal, and what was seen of them. */
function watchedHandler() {
  const begun = new Map<string, () => void>();
  const done: string[] = [];
  const beside: string[] = [];
  let closed = true;
  return {
    /** Ids in hand, by what ends their handlers. */
    begun,
    /** The data of jobs whose handlers came to their end. */
    done,
    /** Ids that were handed out while they were in hand. */
    beside,
    /** All handlers end, and whichever begins from now on. */
    openAll() {
      closed = false;
      for (const end of begun.values()) end();
    },
    async handle({ id, data, signal }: Job<string>): Promise<void> {
      if (begun.has(id)) beside.push(id);
      try {
        await new Promise<void>((resolve, reject) => {
          begun.set(id, resolve);
          signal.addEventListener('abort', () => reject(signal.reason));
          if (!closed) resolve();
        });
        done.push(data);
      } finally {
        begun.delete(id);
      }
    },
  };
}

function failoverSuite({ driver, faults, advance }: MatrixContext): void {
  async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    for (let turn = 0; turn < 1000; turn++) {
      if (await holds()) return;
      await advance(20);
    }
    throw new Error(`never: ${what}`);
  }

  it('jobs that a failover kept are each done, by one worker at a time; one whose add it lost is not, and can be added again', async () => {
    // A lost worker is no reason to give a job up here.
    const options = { deadlineMs: 40_000, retry: { crashes: 100 } };
    const open = async () => createQueue<string>(await driver({ deadlineMs: 40_000 }), 'mails', options);
    const queue = await open();
    const seen = watchedHandler();
    await queue.addMany(known.map((id) => ({ id, data: id })));
    const workers = [await open(), await open()].map((each) =>
      // Longer than most failovers; in others the handlers are told to stop, and their jobs are handed out again.
      each.work(seen.handle, { concurrency: 2, lease: '3s' }),
    );
    await until('four are in hand', () => seen.begun.size === 4);
    // A handing out that is lost happens again, perhaps beside the first: nothing is promised there, so there is none.
    await queue.pause();
    const [answered = ''] = seen.begun.keys();
    await faults.failOver?.(key, async () => {
      expect(await queue.add('lost', { id: 'lost' })).toMatchObject({ added: true });
      seen.begun.get(answered)?.();
      await until('it is done', async () => (await queue.job(answered)) === undefined);
      expect(await queue.counts()).toMatchObject({ waiting: 5, working: 3 });
    });
    expect(seen.done).toEqual([answered]);
    // The replica has the job again whose answer was lost, and never heard of the one that was added.
    expect(await queue.job('lost')).toBeUndefined();
    expect(await queue.job(answered)).toMatchObject({ data: answered });
    const again = await queue.addMany(known.map((id) => ({ id, data: `${id} again` })));
    expect(again.map(({ added }) => added)).not.toContain(true);
    for (const added of [true, false])
      expect(await queue.add('lost', { id: 'lost' })).toMatchObject({ added });

    await queue.resume();
    // The place that became free is taken again, by none of those that are in hand.
    await until('four are in hand again', () => seen.begun.size === 4);
    seen.openAll();
    await until('none is left', async () => {
      const { waiting, delayed, working } = await queue.counts();
      return waiting + delayed + working === 0;
    });
    await Promise.all(workers.map((worker) => worker.close()));
    expect(seen.beside).toEqual([]);
    expect([...new Set(seen.done)].sort()).toEqual([...known, 'lost']);
    const times = (wanted: string) => seen.done.filter((data) => data === wanted).length;
    expect([times(answered), times('lost')]).toEqual([2, 1]);
    expect(await queue.counts()).toMatchObject({ dead: 0, paused: false });
  });
}

overFailovers('a queue and a failover', failoverSuite, queueKeys);
