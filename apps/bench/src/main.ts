import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, cpus, platform } from 'node:os';
import { cases } from './cases/cases.js';
import { chooseCases } from './choose-cases.js';
import { readOptions } from './options.js';
import { openPeers, type Peers } from './peers.js';
import { printHead } from './report/terminal.js';
import { runBench } from './run-bench.js';

async function main(args: readonly string[]): Promise<void> {
  const options = readOptions(args);
  const chosen = chooseCases(cases, options);
  if (options.list || chosen.length === 0) {
    console.log(`the cases:\n${cases.map(({ name, question }) => `  ${name}  ${question}`).join('\n')}`);
    process.exitCode = options.list ? 0 : 1;
    return;
  }
  const peers = openPeers();
  const head = {
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
  };
  console.log(printHead(head));
  await runBench(chosen, head, options, new URL('./case-process.js', import.meta.url));
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
