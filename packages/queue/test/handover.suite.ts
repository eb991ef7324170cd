import { type Driver, rawReply, sharedFeed } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createQueue, type Job } from '../src/index.js';
import { type Collection, collect, until } from './collect.js';

const hours = { poll: '1h', lease: '1h' } as const;

/** What one worker leaves to another that is idle, and would look by itself in an hour. */
export function handoverSuite(context: MatrixContext): void {
  it('what a closing worker gives back is taken at once by one that is idle', async () => {
    const queue = createQueue<string>(await context.driver(), 'given');
    const held = collect<string>();
    const closing = queue.work(
      ({ id }) => {
        held.push(id);
        return new Promise(() => undefined);
      },
      { ...hours, concurrency: 3 },
    );
    await queue.addMany(['a', 'b', 'c'].map((id) => ({ id, data: id })));
    await held.count(3);
    const { taken, close } = await idleWorker(context, 'given');
    const standsAtMs = context.clock.now();
    await closing.close({ grace: 0 });
    await taken.count(3);
    expect(taken.all.map(({ id, attempt }) => `${id}${attempt}`)).toEqual(['a1', 'b1', 'c1']);
    // On memory time passes only when it is moved by hand; elsewhere the hour would be waited for.
    if (context.column.memory) expect(context.clock.now()).toBe(standsAtMs);
    await close();
  });

  it('a retry is known to a worker that was idle when it was put back: whoever failed may be gone by then', async () => {
    const options = { retry: { base: '50ms', jitter: 'none' } } as const;
    const queue = createQueue<string>(await context.driver(), 'again', options);
    const begun = collect<() => void>();
    const failing = queue.work(() => new Promise((_, reject) => begun.push(() => reject(new Error('no')))), {
      ...hours,
      onEvent: ({ kind }) => kind === 'failed' && left.push(failing.close()),
    });
    const left = collect<Promise<void>>();
    await queue.add('x', { id: 'x' });
    await begun.count(1);
    // Due later: it is no reason to look any sooner.
    await queue.add('y', { id: 'y', delay: '1h' });
    const { taken, close } = await idleWorker(context, 'again');
    begun.all[0]?.();
    await left.count(1);
    await left.all[0];
    await context.advance(50);
    await taken.count(1);
    expect(taken.all.map(({ id, attempt }) => `${id}${attempt}`)).toEqual(['x2']);
    await close();
  });

  it('a retry that is due behind another wakes nobody', async () => {
    const words = collect<string>();
    const driver = await context.driver();
    const channel = 'pk:queue1:control:{behind}:wake';
    const listening = await sharedFeed(driver).listen('channel', channel, {
      message: (payload) => words.push(Buffer.from(payload).toString() === 'end' ? 'end' : 'word'),
    });
    const queue = createQueue<string>(driver, 'behind', { retry: { base: '1h', max: '1h', jitter: 'none' } });
    await queue.add('soon', { id: 'soon', delay: '30m' });
    await words.count(1);
    await using _worker = queue.work(() => Promise.reject(new Error('no')), hours);
    await queue.addMany(['a', 'b'].map((id) => ({ id, data: id })));
    await until(async () => (await queue.counts()).delayed === 3);
    await queue.add('sooner', { id: 'sooner', delay: '20m' });
    // From the same node, so it comes last.
    await driver.send({ args: ['PUBLISH', channel, 'end'], key: '{behind}', read: rawReply });
    await words.count(4);
    expect(words.all).toEqual(['word', 'word', 'word', 'end']);
    await listening.close();
  });
}

/** A worker of a connection of its own that has looked, hears the words of the queue, and sends nothing any more. */
async function idleWorker(
  context: MatrixContext,
  name: string,
): Promise<{ readonly taken: Collection<Job<string>>; close(): Promise<void> }> {
  const driver = await context.driver();
  let [asked, answered] = [0, 0];
  const counting: Driver = {
    ...driver,
    async send(command, options) {
      if (command.script?.name !== 'queue/advance') return driver.send(command, options);
      asked++;
      return driver.send(command, options).finally(() => answered++);
    },
  };
  const taken = collect<Job<string>>();
  const worker = createQueue<string>(counting, name).work((job) => void taken.push(job), {
    ...hours,
    concurrency: 3,
  });
  const listening = await sharedFeed(counting).listen('channel', `pk:queue1:control:{${name}}:wake`, {
    message: () => undefined,
  });
  // Its first look, and the one when its subscription was live.
  for (let turn = 0; turn < 3; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    await until(async () => asked > 0 && asked === answered);
  }
  return {
    taken,
    async close() {
      await worker.close();
      await listening.close();
    },
  };
}
