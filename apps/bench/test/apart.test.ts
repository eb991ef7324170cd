import { bundleModule } from '@penknife/config/bundle-module';
import { requireServers, withClient } from '@penknife/redis-servers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type BenchServer, startBenchServer } from '../src/bench-server.js';
import type { ApartCase } from '../src/case.js';
import { measureCase } from '../src/measure/measure-case.js';
import { apartCases, diary, processIds } from './apart-cases.js';
import { noPeers } from './no-peers.js';
import { exists } from './process-exists.js';

const effort = { rounds: 2, roundMs: 40, warmUpMs: 40 };

describe.skipIf(!(await requireServers()))('contestants in processes of their own', () => {
  let server: BenchServer;
  let contestantProgram: string;
  beforeAll(async () => {
    [server, contestantProgram] = await Promise.all([
      startBenchServer(),
      bundleModule(new URL('./apart.worker.ts', import.meta.url)),
    ]);
  });
  beforeEach(() => server.flush());
  afterAll(() => server.stop());
  const noted = async (list: string): Promise<string[]> => {
    const words = await withClient(server.port, (client) => client.command('LRANGE', list, '0', '-1'));
    return (words as unknown[]).map(String);
  };
  const expectNoneLeft = async (): Promise<void> => {
    const ids = await noted(processIds);
    expect(ids).toHaveLength(2);
    expect(ids.map(Number).filter(exists)).toEqual([]);
  };
  const measure = (one: ApartCase): ReturnType<typeof measureCase> =>
    measureCase(one, { server, peers: noPeers, contestantProgram }, effort, () => undefined);

  it('are measured in interleaved rounds on one server, each by its own process, and closed in order', async () => {
    const figures = await measure(apartCases.sound);
    const [first, second] = figures;
    const [firstPid, secondPid] = figures.map(({ facts }) => Number(facts?.split(' ')[0]));
    expect(new Set([firstPid, secondPid, process.pid]).size).toBe(3);
    // One operation each in the warm-up and in two rounds, of the one whose rounds are prepared.
    expect(second?.facts).toBe(`${secondPid} 3`);
    expect(figures.map(({ contestant, ratio }) => [contestant, ratio === 1])).toEqual([
      ['a', true],
      ['b', false],
    ]);
    expect(first?.commandsPerOperation).toBe(1);
    expect(first?.clientCpuMicrosPerOperation).toBeGreaterThan(0);
    expect(first?.p50Ms).toBeGreaterThan(0);

    const notes = await noted(diary);
    const turns = notes.filter((note, at) => note !== notes[at - 1]);
    // Warm-up a, b; then a, b; then b, a: the second of two rounds begins with the other one.
    expect(turns).toEqual(['a', 'b', 'a', 'b', 'a', 'a closed', 'b closed']);
    await expectNoneLeft();
  });

  it.each([
    ['fails', apartCases.failing, 'no more'],
    ['dies', apartCases.dying, 'ended with 3'],
    ['cannot be opened', apartCases.closed, 'no door'],
  ] as const)('one that %s is told with its words, and none is left', async (_, one, words) => {
    await expect(measure(one)).rejects.toThrow(words);
    await expectNoneLeft();
    // The other one was closed, not killed.
    expect(await noted(diary)).toContain('a closed');
  });
});
