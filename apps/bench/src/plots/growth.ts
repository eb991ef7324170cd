import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Report } from '../report/report.js';
import { costsOf, growthPlot } from './growth-plot.js';

// Draws the picture of docs/leaderboards.md from what the bench wrote: npm run bench -- --only leaderboard/growth --json FILE
const [file] = process.argv.slice(2);
if (file === undefined)
  throw new Error('usage: npm run plots:growth -- FILE (written by the bench with --json)');
const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
const costs = costsOf(report);
for (const { act, members, serverMicros, p50Micros, p99Micros } of costs)
  console.log(
    `| ${act} | ${members.toLocaleString('en')} | ${serverMicros.toFixed(1)} | ${p50Micros.toFixed(0)} | ${p99Micros.toFixed(0)} |`,
  );
const { cores } = report.machine;
const server = report.cases[0]?.server.split(';')[0] ?? '';
const target = fileURLToPath(new URL('../../../docs/pictures/leaderboard-growth.svg', import.meta.url));
writeFileSync(target, `${growthPlot(costs, `${server}, ${cores} cores`)}\n`);
console.log('docs/pictures/leaderboard-growth.svg');
