import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { rawReply } from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createStreams, streamKeys } from '../src/index.js';
import { collected } from './collected.js';
import { drafts, numbers } from './sample-streams.js';

// What a listener rejects with and nobody hears would end the process; here it fails the run.
const reported = collected<string>();
const report = (message: unknown): void => reported.push(String((message as { error: Error }).error.message));
beforeEach(() => subscribe('penknife:listener.error', report));
afterEach(() => unsubscribe('penknife:listener.error', report));

const fails = {
  async rejects(): Promise<void> {
    throw new Error('rejects');
  },
  throws(): void {
    throw new Error('throws');
  },
};

it('what a listener throws or rejects with is reported, and ends neither loop nor process', async () => {
  const driver = createMemoryRedis().driver();
  const streams = createStreams(driver);
  const log = streams.open(numbers);
  const key = streamKeys.in('pk').log('numbers');
  await driver.send({ args: ['XADD', key, '*', 'x', 'y'], key, read: rawReply });
  await log.appendMany(drafts(2));
  for (const [how, listener] of Object.entries(fails)) {
    const count = (): number => reported.items.filter((one) => one === how).length;
    const seen: number[] = [];
    for await (const { data } of log.range({ onPoison: listener })) seen.push(data.n);
    for await (const { data } of log.tail({ from: 'start', onPoison: listener })) {
      seen.push(data.n);
      if (data.n === 1) break;
    }
    expect([seen, count()]).toEqual([[0, 1, 0, 1], 2]);
    const done = collected<number>();
    const consumer = log.consume(how, ({ data }) => done.push(data.n), { onEvent: listener });
    await done.atLeast(2);
    await consumer.close();
    expect(count()).toBeGreaterThan(2);
  }
  const before = reported.items.length;
  const trimmer = log.startTrimmer({ consumed: true, every: 5, onTrimmed: fails.rejects });
  await reported.first((one) => one === 'rejects' && reported.items.length > before);
  await trimmer.close();
  await streams.close();
  await driver.close();
});
