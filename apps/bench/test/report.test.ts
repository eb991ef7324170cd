import { expect, it } from 'vitest';
import { toHtml } from '../src/report/html.js';
import { perOperation } from '../src/report/report.js';
import { printCase, printHead, printUnmeasured } from '../src/report/terminal.js';
import { sampleCase, sampleReport } from './sample-report.js';

it('the page says with every figure who it is of, by what, on what, and what that one promises', () => {
  const page = toHtml(sampleReport);
  for (const told of [
    'Node v20.20.2',
    '3 of 200 ms after a warm-up of 1000 ms',
    'redis 6.3.1 · a-peer 1.2.3',
    'Redis 7.0.15, one server',
    'ioredis 6.0.0, RESP3 · what &#60;penknife on ioredis&#62; promises',
    'redis 6.3.1, RESP2 · what &#60;a peer&#62; promises',
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
  const page = toHtml(sampleReport);
  expect(page).not.toMatch(/<script|<link|src=|@import|url\(/);
  const [plot = ''] = /<svg[\s\S]*?<\/svg>/.exec(page) ?? [];
  for (const text of ['penknife on ioredis', 'a peer', '1 in flight', '200 in flight', '200 k/s   2.00×'])
    expect(plot).toContain(text);
});

it('the terminal says the same in short', () => {
  const printed = `${printHead(sampleReport)}\n${printCase(sampleCase)}`;
  for (const told of [
    'Node v20.20.2',
    'after a warm-up of 1000 ms',
    'redis 6.3.1',
    'penknife on ioredis: ioredis 6.0.0, RESP3; what',
    'penknife on ioredis: 2 × ioredis 6.0.0, RESP3; what',
    'penknife on node-redis: redis 6.3.1, RESP2; what',
    'server µs',
    'B out',
    'told besides',
  ])
    expect(printed).toContain(told);
  expect(printed.match(/a peer: redis 6.3.1, RESP2; what <a peer> promises/g)).toHaveLength(1);
});

it('who was left out and which case has no figures is told, why, and with no figure', () => {
  const page = toHtml(sampleReport);
  const section = page.slice(page.indexOf('<section id="sample/broken">'));
  expect(section).toContain('<pre>Error: &#60;no&#62; door</pre>');
  expect(section).not.toContain('<table');
  expect(page).toContain('<a href="#sample/broken">Does it run?</a> <small>no figures</small>');
  expect(page).toContain('left out: a-late-peer 3.2.1 asks for Node &#62;=22');
  expect(printCase(sampleCase)).toContain('left out: a-late-peer 3.2.1 asks for Node >=22');
  expect(sampleReport.unmeasured.map(printUnmeasured)).toEqual([
    '\nsample/broken – Does it run?\nno figures: Error: <no> door',
  ]);
});

it('a figure that rounds to nothing has no minus', () => {
  expect([perOperation(-0.008, 0), perOperation(-0.04, 1), perOperation(-2.6, 0)]).toEqual([
    '0',
    '0.0',
    '-3',
  ]);
});
