import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { machineMirror, mirrorIn, standardMirror } from '../src/debian/apt-sources.js';
import { fetchFlavour } from '../src/debian/fetch-flavour.js';
import { libraryClosure } from '../src/debian/library-closure.js';
import { describeUnpacked } from '../src/debian/unpacked-server.js';
import type { FlavourSource } from '../src/flavours.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'penknife-debian-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** Lays out what unpacked packages look like; the stub of the loader answers for the server. */
async function stubUnpack(work: string, source: FlavourSource, version: string): Promise<string> {
  const unpacked = join(work, 'unpacked');
  await mkdir(join(unpacked, 'usr/lib/some-linux-gnu'), { recursive: true });
  await mkdir(join(unpacked, 'usr/bin'));
  const loader = join(unpacked, 'usr/lib/some-linux-gnu/ld-linux-some.so.2');
  await writeFile(loader, `#!/bin/sh\necho "Redis server v=${version} sha=0"\n`);
  await chmod(loader, 0o755);
  await describeUnpacked(unpacked, source);
  return unpacked;
}

describe('fetchFlavour', () => {
  it('trap: many first askers at once cause one fetch and all get the finished server', async () => {
    const cacheFolder = join(root, 'together');
    let fetches = 0;
    const unpack = (work: string, source: FlavourSource): Promise<string> => {
      fetches += 1;
      return stubUnpack(work, source, '7.0.15');
    };
    const asked = Array.from({ length: 8 }, () => fetchFlavour('redis-7.0', { cacheFolder, unpack }));
    const binaries = await Promise.all(asked);
    expect(fetches).toBe(1);
    for (const binary of binaries) {
      expect(binary.version).toBe('7.0.15');
      expect(binary.command[0]).toBe(
        join(cacheFolder, 'redis-7.0/usr/lib/some-linux-gnu/ld-linux-some.so.2'),
      );
    }
    expect(await readdir(cacheFolder)).toEqual(['redis-7.0']);
  });

  it('trap: takes over the lock of a process that died', async () => {
    const cacheFolder = join(root, 'abandoned');
    await mkdir(join(cacheFolder, 'redis-7.0.lock'), { recursive: true });
    await writeFile(join(cacheFolder, 'redis-7.0.lock/pid'), '2147483646');
    const unpack = (work: string, source: FlavourSource): Promise<string> =>
      stubUnpack(work, source, '7.0.1');
    expect((await fetchFlavour('redis-7.0', { cacheFolder, unpack })).version).toBe('7.0.1');
  });

  it('refuses another version than the flavour says, remembers it and leaves no rest', async () => {
    const cacheFolder = join(root, 'wrong');
    let fetches = 0;
    const unpack = (work: string, source: FlavourSource): Promise<string> => {
      fetches += 1;
      return stubUnpack(work, source, '8.0.2');
    };
    await expect(fetchFlavour('redis-7.0', { cacheFolder, unpack })).rejects.toThrow(
      'offers version 8.0.2, not 7.0.',
    );
    await expect(fetchFlavour('redis-7.0', { cacheFolder, unpack })).rejects.toThrow(
      'less than ten minutes ago',
    );
    expect(fetches).toBe(1);
    expect(await readdir(cacheFolder)).toEqual(['redis-7.0.failed']);
  });
});

describe('machineMirror', () => {
  it('reads both formats and passes over other repositories', async () => {
    expect(
      mirrorIn('# deb http://old.example/debian x main\ndeb [arch=amd64] https://a.example/debian/ x main'),
    ).toBe('https://a.example/debian');
    expect(mirrorIn('Types: deb\nURIs: http://b.example/debian-security http://b.example/debian\n')).toBe(
      'http://b.example/debian',
    );
    expect(mirrorIn('deb https://c.example/node_20.x nodistro main')).toBeUndefined();
    const folder = join(root, 'apt');
    await mkdir(join(folder, 'sources.list.d'), { recursive: true });
    expect(await machineMirror(folder)).toBe(standardMirror);
    await writeFile(join(folder, 'sources.list.d/debian.sources'), 'URIs: http://d.example/debian\n');
    expect(await machineMirror(folder)).toBe('http://d.example/debian');
  });
});

describe('libraryClosure', () => {
  it('follows libraries only, and circles once', () => {
    const printed = [
      'redis-tools',
      '  Depends: libc6',
      '  Depends: adduser',
      ' |Depends: libssl3',
      'libc6',
      '  Depends: libgcc-s1',
      'libgcc-s1',
      '  Depends: gcc-12-base',
      '  PreDepends: libc6',
      'adduser',
      '  Depends: libpam0g',
      'libssl3',
      '  Depends: zlib1g',
    ].join('\n');
    expect(libraryClosure(printed, 'redis-tools')).toEqual(['libc6', 'libgcc-s1', 'libssl3', 'zlib1g']);
  });
});
