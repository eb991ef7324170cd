import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs';
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

/** Counters that hold less than was acknowledged, or more than one beyond it, in an engine that reads the file. */
async function wrongCounters(acknowledged: ReadonlyMap<string, number>, file: string): Promise<string[]> {
  const redis = createMemoryRedis({ persistence: { file } });
  const driver = redis.driver();
  const wrong: string[] = [];
  for (const [key, number] of acknowledged) {
    const kept = Number(await driver.send({ args: ['GET', key], key, read: rawReply }));
    // At most one more was under way.
    if (kept < number || kept > number + 1) wrong.push(`${key}: ${kept} of ${number}`);
  }
  await driver.close();
  redis.close();
  return wrong;
}

async function inFolder(act: (file: string, module: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'penknife-'));
  try {
    await act(join(folder, 'data'), await bundleModule(new URL('./processes/counting.ts', import.meta.url)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test.each(['always', 'everysecond'] as const)(
  'SIGKILL, again and again, loses nothing that was acknowledged (%s)',
  { timeout: 60_000 + rounds * 3000 },
  (fsync) =>
    inFolder(async (file, module) => {
      for (let round = 0; round < rounds; round++) {
        const acknowledged = await countAndKill(module, file, fsync, 1 + Math.floor(random.fraction() * 400));
        expect(acknowledged.size).toBeGreaterThan(0);
        expect(await wrongCounters(acknowledged, file), `round ${round}`).toEqual([]);
      }
    }),
);

test('planted bug: an end of the file that never reached the disk is noticed', { timeout: 60_000 }, () =>
  inFolder(async (file, module) => {
    const acknowledged = await countAndKill(module, file, 'everysecond', 200);
    truncateSync(file, Math.floor(statSync(file).size / 2));
    expect(await wrongCounters(acknowledged, file)).not.toEqual([]);
  }),
);
