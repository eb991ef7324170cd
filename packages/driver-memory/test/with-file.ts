import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type createManualClock, type Driver, rawReply } from '@penknife/core';
import { type Compatibility, createMemoryRedis, type MemoryRedis } from '../src/index.js';

let folders: string[] = [];

/** Path of a file that is not there yet, in a folder of its own. */
export function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'penknife-'));
  folders = [...folders, folder];
  return join(folder, 'data');
}

/** Removes the folders of all files that were asked for. */
export function removeFiles(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
}

/** Sends the words of a command. */
export const send = (
  driver: Pick<Driver, 'send'>,
  ...words: readonly [string, ...(string | number)[]]
): Promise<unknown> => driver.send({ args: words as [Uppercase<string>], read: rawReply });

/** How `using` opens an engine. */
export interface FileOptions {
  readonly clock?: ReturnType<typeof createManualClock>;
  readonly rewriteAboveBytes?: number;
  readonly compatibility?: Compatibility;
}

/** Opens an engine with a file, uses it, and closes it. */
export async function using<T>(
  file: string,
  act: (driver: Driver, redis: MemoryRedis) => Promise<T>,
  options: FileOptions = {},
): Promise<T> {
  const { clock, rewriteAboveBytes, compatibility } = options;
  const redis = createMemoryRedis({
    ...(clock && { clock }),
    ...(compatibility && { compatibility }),
    persistence: { file, fsync: 'always', ...(rewriteAboveBytes && { rewriteAboveBytes }) },
  });
  const driver = redis.driver();
  try {
    return await act(driver, redis);
  } finally {
    await driver.close();
    redis.close();
  }
}
