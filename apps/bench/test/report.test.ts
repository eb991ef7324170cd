import { expect, it } from 'vitest';
import type { Figures } from '../src/measure/measure-case.js';
import { toHtml } from '../src/report/html.js';
import { perOperation, type Report } from '../src/report/report.js';
import { printCase, printHead } from '../src/report/terminal.js';

const figures = (
  contestant: string,
  inFlight: number,
  ratio: number,
  over: Partial<Figures> = {},
): Figures => ({
  contestant,
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

const one = {
  name: 'sample/case',
  question: 'Which is faster?',
  server: 'Redis 7.0.15, one server; connections at the end: 2 in RESP2',
  figures: [
    figures('penknife on ioredis', 1, 1, { speaks: 'ioredis 6, RESP2', facts: 'told besides' }),
    figures('penknife on node-redis', 1, 1.5),
    figures('a peer', 1, 0.5, { serverCpuMicrosPerOperation: null }),
    figures('penknife on ioredis', 200, 1),
    figures('a peer', 200, 2),
  ],
};
const report: Report = {
  command: 'npm run bench -- --only sample',
  startedAt: '2026-01-02T03:04:05.678Z',
  machine: { cores: 2, model: 'a processor', platform: 'linux x64', node: 'v20.20.2' },
  versions: { redis: '6.3.1', 'a-peer': '1.2.3' },
  effort: { rounds: 3, roundMs: 200 },
  cases: [one],
};

it('the page says with every figure who it is of, by what, on what, and what that one promises', () => {
  const page = toHtml(report);
  for (const told of [
    'Node v20.20.2',
    'redis 6.3.1 · a-peer 1.2.3',
    'Redis 7.0.15, one server; connections at the end: 2 in RESP2',
    'ioredis 6, RESP2 · what &#60;penknife on ioredis&#62; promises',
    'what &#60;a peer&#62; promises',
    'told besides',
    // Its fastest peer is twice as fast where most is in flight.
    '<b>0.50×</b> the fastest peer, 200 in flight',
  ])
    expect(page).toContain(told);
  const row = page.slice(
    page.indexOf('<tr class="ours">'),
    page.indexOf('</tr>', page.indexOf('<tr class="ours">')),
  );
  const cells = [...row.matchAll(/<td[^>]*>([^<]*)<\/td>/g)].map(([, text]) => text);
  expect(cells).toEqual([
    '100 k/s',
    '3 %',
    '1.00×',
    '0.111',
    '0.222',
    '7.7',
    '8.8',
    '3.00',
    '44',
    '55',
    '66',
  ]);
});

it('the page loads nothing and runs nothing, and its plots name their bars', () => {
  const page = toHtml(report);
  expect(page).not.toMatch(/<script|<link|src=|@import|url\(/);
  const [plot = ''] = /<svg[\s\S]*?<\/svg>/.exec(page) ?? [];
  for (const text of ['penknife on ioredis', 'a peer', '1 in flight', '200 in flight', '200 k/s   2.00×'])
    expect(plot).toContain(text);
});

it('the terminal says the same in short', () => {
  const printed = `${printHead(report)}\n${printCase(one)}`;
  for (const told of ['Node v20.20.2', 'redis 6.3.1', 'RESP2', 'server µs', 'B out', 'told besides'])
    expect(printed).toContain(told);
  expect(printed.match(/a peer: what <a peer> promises/g)).toHaveLength(1);
});

it('a figure that rounds to nothing has no minus', () => {
  expect([perOperation(-0.008, 0), perOperation(-0.04, 1), perOperation(-2.6, 0)]).toEqual([
    '0',
    '0.0',
    '-3',
  ]);
});
