import { readFileSync } from 'node:fs';
import { requireServers } from '@penknife/redis-servers';
import { describe, expect, it } from 'vitest';
import { startBenchServer } from '../src/bench-server.js';
import { librariesThatRun } from '../src/cases/cache/libraries.js';
import { cases } from '../src/cases/cases.js';
import { type PeerFit, peerFit } from '../src/peer-fit.js';
import type { Peers } from '../src/peers.js';
import { noPeers } from './no-peers.js';

const read = (file: string) => JSON.parse(readFileSync(new URL(`../peers/${file}`, import.meta.url), 'utf8'));
const lockfile = read('package-lock.json');
const names = Object.keys(read('package.json').dependencies);
const on = (node: string): PeerFit => peerFit(lockfile, node);

it('a peer that asks for a newer Node is left out and noted once, with the way out', () => {
  const [old, young] = [on('20.19.0'), on('24.0.0')];
  expect(names.filter((name) => !old.fit([name]).includes(name))).toEqual([
    'layered-loader',
    'redlock-universal',
  ]);
  old.fit(names);
  const { version } = lockfile.packages['node_modules/layered-loader'];
  expect(old.leftOut).toEqual([
    `layered-loader ${version} asks for Node >=22, this is 20.19.0: npx -p node@24 npm run bench`,
    expect.stringMatching(
      /^redlock-universal .* >=22\.0\.0, this is 20\.19\.0: npx -p node@24 npm run bench$/,
    ),
  ]);
  expect(old.refusal('layered-loader')).toBe(old.leftOut[0]);
  expect(young.fit([...names, 'penknife'])).toEqual([...names, 'penknife']);
  expect(young.leftOut).toEqual([]);
});

it('caches are compared with the libraries that run', () => {
  const of = (node: string) => librariesThatRun({ peers: { ...noPeers, fit: on(node).fit } });
  expect(of('24.0.0')).toContain('layered-loader');
  expect(of('20.19.0')).toEqual(of('24.0.0').filter((name) => name !== 'layered-loader'));
});

describe.skipIf(!(await requireServers()))('a case', () => {
  it('has no contestant whose peer this Node may not run', async () => {
    const server = await startBenchServer();
    const found = cases.find(({ name }) => name === 'locks/uncontended-ioredis');
    class Any {}
    const modules = {
      Mutex: Any,
      IoredisAdapter: Any,
      createLock: () => new Any(),
      default: { default: Any },
    };
    const contestantsOn = async (node: string): Promise<string[]> => {
      if (found === undefined || !('prepare' in found)) throw new Error('the case has changed');
      const { fit, leftOut } = on(node);
      const peers: Peers = { ...noPeers, load: async <T>() => modules as T, fit, leftOut };
      const contestants = await found.prepare({ server, peers });
      for (const { close } of contestants) await close();
      return contestants.map(({ name }) => name.split(' ')[0] ?? '');
    };
    try {
      expect(await contestantsOn('24.0.0')).toContain('redlock-universal');
      const left = await contestantsOn('20.19.0');
      expect(left).toEqual(expect.arrayContaining(['penknife', 'redlock', 'redis-semaphore']));
      expect(left).not.toContain('redlock-universal');
    } finally {
      await server.stop();
    }
  });
});
