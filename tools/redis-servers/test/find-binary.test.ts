import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { requireServers, serversAvailable } from '../src/availability.js';
import { findBinary } from '../src/find-binary.js';
import { isNewEnough, MissingServerError, parseVersion } from '../src/server-binary.js';

let root: string;
const fetch = (): Promise<never> => Promise.reject(new MissingServerError('nothing to fetch here'));

/** A folder with stub programs that only know their version. */
async function folderWith(programs: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(root, 'bin-'));
  for (const [name, printed] of Object.entries(programs)) {
    await writeFile(join(folder, name), `#!/bin/sh\necho "${printed}"\n`);
    await chmod(join(folder, name), 0o755);
  }
  return folder;
}

const world = (PATH: string, more: NodeJS.ProcessEnv = {}, homebrewFolders: string[] = []) => ({
  environment: { PATH, ...more },
  homebrewFolders,
  fetch,
});

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'penknife-find-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe('findBinary', () => {
  const redis = 'Redis server v=7.4.1 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=0';
  const valkey = 'Valkey server v=8.1.1 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=0';
  const old = 'Redis server v=6.2.14 sha=00000000:0 malloc=jemalloc-5.1.0 bits=64 build=0';

  it('prefers REDIS_BIN_DIR, then redis-server, then valkey-server, then Homebrew', async () => {
    const both = await folderWith({ 'redis-server': redis, 'valkey-server': valkey });
    const brewed = await folderWith({ 'valkey-server': valkey });
    expect((await findBinary(world(both, { REDIS_BIN_DIR: brewed }))).origin).toBe('REDIS_BIN_DIR');
    expect(await findBinary(world(both, {}, [brewed]))).toMatchObject({ product: 'redis', version: '7.4.1' });
    expect(await findBinary(world(brewed))).toMatchObject({ product: 'valkey', version: '8.1.1' });
    expect((await findBinary(world(root, {}, [brewed]))).command).toEqual([join(brewed, 'valkey-server')]);
  });

  it('passes over a server that is too old, and says so when there is no other', async () => {
    const outdated = await folderWith({ 'redis-server': old });
    const alsoValkey = await folderWith({ 'redis-server': old, 'valkey-server': valkey });
    expect((await findBinary(world(alsoValkey))).product).toBe('valkey');
    await expect(findBinary(world(outdated))).rejects.toThrow(/redis 6\.2\.14; 7\.0 or later/);
    await expect(findBinary(world('', { REDIS_BIN_DIR: outdated }))).rejects.toThrow(/7\.0 or later/);
  });

  it('takes an installed server for a flavour only when it is of that flavour', async () => {
    const folder = await folderWith({ 'redis-server': redis, 'valkey-server': valkey });
    const found = await findBinary({ ...world(folder), flavour: 'valkey-8.1' });
    expect(found.product).toBe('valkey');
    await expect(findBinary({ ...world(folder), flavour: 'redis-8.0' })).rejects.toThrow(
      'no redis-8.0 server found',
    );
    const named = findBinary(world(folder, { PENKNIFE_SERVER_FLAVOUR: 'valkey-8.1' }));
    expect((await named).product).toBe('valkey');
    await expect(findBinary(world(folder, { PENKNIFE_SERVER_FLAVOUR: 'redis-9' }))).rejects.toThrow(
      'unknown server flavour "redis-9"',
    );
  });

  it('says in one line how to get a server when there is none', async () => {
    const failure = await findBinary(world(root)).catch((error: Error) => error);
    expect(failure).toBeInstanceOf(MissingServerError);
    const { message } = failure as Error;
    expect(message).not.toContain('\n');
    for (const way of [
      'apt-get install redis-server',
      'brew install redis',
      'REDIS_BIN_DIR',
      'nothing to fetch',
    ]) {
      expect(message).toContain(way);
    }
    await expect(findBinary(world(root, { REDIS_BIN_DIR: root }))).rejects.toThrow(
      `REDIS_BIN_DIR=${root} holds`,
    );
  });
});

describe('requireServers', () => {
  it('fails under CI, and elsewhere says why tests are skipped', async () => {
    const nowhere = await mkdtemp(join(root, 'empty-'));
    expect(await serversAvailable(world(nowhere))).toBe(false);
    await expect(requireServers(world(nowhere, { CI: 'true' }))).rejects.toThrow(MissingServerError);
    // Without VITEST there is no broker to ask, so the line is printed here.
    vi.stubEnv('VITEST', '');
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    expect(await requireServers(world(nowhere))).toBe(false);
    expect(warn).toHaveBeenCalledWith(expect.stringMatching(/^skipped: .*no redis-server found/));
    warn.mockRestore();
    vi.unstubAllEnvs();
  });
});

describe('versions', () => {
  it('are read from what the programs print', () => {
    expect(parseVersion('Redis server v=10.2.3 sha=0')).toEqual({ product: 'redis', version: '10.2.3' });
    expect(parseVersion('something else')).toBeUndefined();
  });
  it('are compared as numbers', () => {
    expect(['7.0.0', '7.2.4', '10.0.1'].map(isNewEnough)).toEqual([true, true, true]);
    expect(['6.2.14', '6.9.9', '5.0.0'].map(isNewEnough)).toEqual([false, false, false]);
  });
});
