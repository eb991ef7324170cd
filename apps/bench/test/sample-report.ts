import type { Figures } from '../src/measure/measure-case.js';
import type { CaseReport, Report } from '../src/report/report.js';

const figures = (
  contestant: string,
  inFlight: number,
  ratio: number,
  over: Partial<Figures> = {},
): Figures => ({
  contestant,
  speaks: 'redis 6.3.1, RESP2',
  guarantees: `what <${contestant}> promises`,
  inFlight,
  operationsPerSecond: 100_000 * ratio,
  spread: 0.03,
  ratio,
  p50Ms: 0.111,
  p99Ms: 0.222,
  commandsPerOperation: 3,
  bytesInPerOperation: 44,
  bytesOutPerOperation: 55,
  bytesKeptPerOperation: 66,
  clientCpuMicrosPerOperation: 7.7,
  serverCpuMicrosPerOperation: 8.8,
  ...over,
});

/** A case as it was measured, with everything that a figure can have. */
export const sampleCase: CaseReport = {
  name: 'sample/case',
  question: 'Which is faster?',
  server: 'Redis 7.0.15, one server',
  leftOut: ['a-late-peer 3.2.1 asks for Node >=22'],
  figures: [
    figures('penknife on ioredis', 1, 1, { speaks: 'ioredis 6.0.0, RESP3', facts: 'told besides' }),
    figures('penknife on node-redis', 1, 1.5),
    figures('a peer', 1, 0.5, { serverCpuMicrosPerOperation: null }),
    figures('penknife on ioredis', 200, 1, { speaks: '2 × ioredis 6.0.0, RESP3' }),
    figures('a peer', 200, 2),
  ],
};
/** What a run told, of one case. */
export const sampleReport: Report = {
  command: 'npm run bench -- --only sample',
  startedAt: '2026-01-02T03:04:05.678Z',
  machine: { cores: 2, model: 'a processor', platform: 'linux x64', node: 'v20.20.2' },
  versions: { redis: '6.3.1', 'a-peer': '1.2.3' },
  effort: { rounds: 3, roundMs: 200, warmUpMs: 1000 },
  cases: [sampleCase],
  unmeasured: [{ name: 'sample/broken', question: 'Does it run?', error: 'Error: <no> door' }],
};
