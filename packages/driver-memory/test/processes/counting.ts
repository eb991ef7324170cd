// Started as a process of its own by a test that kills it: counts in an engine with a file, and prints each number that was
// acknowledged. Several counters at once, so that one write carries several commands.
import { writeSync } from 'node:fs';
import { rawReply } from '@penknife/core';
import { createMemoryRedis } from '../../src/index.js';

const [file, fsync] = process.argv.slice(2) as [string, 'always' | 'everysecond'];
const redis = createMemoryRedis({ persistence: { file, fsync, rewriteAboveBytes: 20_000 } });
const driver = redis.driver();

async function count(key: string): Promise<never> {
  for (;;) {
    const number = await driver.send({ args: ['INCR', key], key, read: rawReply });
    writeSync(1, `${key} ${number}\n`);
    // Turns of the event loop, as a service has them.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

await Promise.all([count('a'), count('b'), count('c')]);
