import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleModule } from '@penknife/config/bundle-module';
import { rawReply, seededRandom } from '@penknife/core';
import { expect, test } from 'vitest';
import { createMemoryRedis } from '../src/index.js';

const rounds = process.env.PENKNIFE_TIER === 'full' ? 40 : 5;
const random = seededRandom(7);

/** Runs the counting process until it has printed so many lines, kills it, and gives the last number of each counter. */
async function countAndKill(
  module: string,
  file: string,
  fsync: string,
  lines: number,
): Promise<Map<string, number>> {
  const child = spawn(process.execPath, [module, file, fsync], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  let seen = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    seen += chunk.toString().split('\n').length - 1;
    if (seen >= lines) child.kill('SIGKILL');
  });
  await once(child, 'close');
  const acknowledged = new Map<string, number>();
  for (const [, key, number] of text.matchAll(/^(\w) (\d+)$/gm))
    acknowledged.set(key as string, Number(number));
  return acknowledged;
}

test.each(['always', 'everysecond'] as const)(
  'SIGKILL, again and again, loses nothing that was acknowledged (%s)',
  { timeout: 60_000 + rounds * 3000 },
  async (fsync) => {
    const folder = mkdtempSync(join(tmpdir(), 'penknife-'));
    const file = join(folder, 'data');
    try {
      const module = await bundleModule(new URL('./processes/counting.ts', import.meta.url));
      for (let round = 0; round < rounds; round++) {
        const acknowledged = await countAndKill(module, file, fsync, 1 + Math.floor(random.fraction() * 400));
        expect(acknowledged.size).toBeGreaterThan(0);
        const redis = createMemoryRedis({ persistence: { file } });
        const driver = redis.driver();
        for (const [key, number] of acknowledged) {
          const kept = Number(await driver.send({ args: ['GET', key], key, read: rawReply }));
          expect(kept, `${key} in round ${round}`).toBeGreaterThanOrEqual(number);
          // At most one more was under way.
          expect(kept).toBeLessThanOrEqual(number + 1);
        }
        await driver.close();
        redis.close();
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
