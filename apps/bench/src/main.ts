import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, cpus, platform } from 'node:os';
import { resolve } from 'node:path';
import { SingleBar } from 'cli-progress';
import { startBenchServer } from './bench-server.js';
import type { BenchCase } from './case.js';
import { cases } from './cases/cases.js';
import { chooseCases } from './choose-cases.js';
import { measureCase } from './measure/measure-case.js';
import { readOptions } from './options.js';
import { openPeers, type Peers } from './peers.js';
import { toHtml } from './report/html.js';
import type { CaseReport, Report } from './report/report.js';
import { printCase, printHead } from './report/terminal.js';

async function main(args: readonly string[]): Promise<void> {
  const options = readOptions(args);
  const chosen = chooseCases(cases, options);
  if (options.list || chosen.length === 0) {
    console.log(`the cases:\n${cases.map(({ name, question }) => `  ${name}  ${question}`).join('\n')}`);
    process.exitCode = options.list ? 0 : 1;
    return;
  }
  const peers = openPeers();
  const results: CaseReport[] = [];
  const report: Report = {
    command: `npm run bench -- ${args.filter((arg) => arg !== '--').join(' ')}`.trim(),
    startedAt: new Date().toISOString(),
    machine: {
      cores: cpus().length,
      model: cpus()[0]?.model ?? 'unknown',
      platform: `${platform()} ${arch()}`,
      node: process.version,
    },
    versions: versionsOf(peers),
    effort: options.effort,
    cases: results,
  };
  console.log(printHead(report));
  for (const one of chosen) {
    const result = await runCase(one, peers, options.effort);
    results.push(result);
    console.log(printCase(result));
  }
  // The command runs through package scripts: relative names mean the folder the user stood in.
  const from = process.env.INIT_CWD ?? process.cwd();
  if (options.json !== undefined) writeFileSync(resolve(from, options.json), JSON.stringify(report, null, 2));
  writeFileSync(resolve(from, options.html), toHtml(report));
  console.log(`\nreport: ${options.html}${options.json === undefined ? '' : `, ${options.json}`}`);
}

async function runCase(
  one: BenchCase,
  peers: Peers,
  effort: Parameters<typeof measureCase>[2],
): Promise<CaseReport> {
  const server = await startBenchServer();
  const bar = new SingleBar({
    format: `${one.name} {bar} {percentage}%`,
    clearOnComplete: true,
    noTTYOutput: false,
  });
  // How many contestants there are is known only inside; the bar counts turns of the usual three.
  bar.start(one.inFlight.length * 3 * (effort.rounds + 1), 0);
  try {
    const { figures, connections } = await measureCase(
      one,
      { server, peers, contestantProgram: new URL('./contestant.js', import.meta.url) },
      effort,
      () => bar.increment(),
    );
    const where =
      one.usesServer === false
        ? 'in the process, no server'
        : `${server.version}, one server; connections at the end: ${connections}`;
    const processes = 'apart' in one ? '; each contestant in a process of its own' : '';
    return { name: one.name, question: one.question, server: `${where}${processes}`, figures };
  } finally {
    bar.stop();
    await server.stop();
  }
}

function versionsOf(peers: Peers): Record<string, string> {
  const require = createRequire(import.meta.url);
  const own = (name: string): string =>
    (JSON.parse(readFileSync(require.resolve(`${name}/package.json`), 'utf8')) as { version: string })
      .version;
  const { ioredis: theirs = '', ...others } = peers.versions;
  return { redis: own('redis'), ioredis: own('ioredis'), ...others, 'ioredis of the peers': theirs };
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
