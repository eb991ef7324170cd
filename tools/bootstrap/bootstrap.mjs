// Runs one of the root's tasks on a machine that has only Node and npm: finds or fetches the pinned pnpm,
// installs when the lockfile is newer than node_modules, then hands over to `pnpm run <task>`.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const [task, ...rest] = process.argv.slice(2);
const pin = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')).packageManager.split('@')[1];
const shell = process.platform === 'win32';
const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
// What an npx around this one was told to fetch would be fetched for ours instead of pnpm.
delete env.npm_config_package;

const installed = spawnSync('pnpm', ['--version'], { cwd: root, shell, encoding: 'utf8', env });
const pnpm = installed.stdout?.trim() === pin ? ['pnpm'] : ['npx', '--yes', `pnpm@${pin}`];

function installIsFresh() {
  const marker = resolve(root, 'node_modules/.modules.yaml');
  return existsSync(marker) && statSync(marker).mtimeMs >= statSync(resolve(root, 'pnpm-lock.yaml')).mtimeMs;
}

function run(args) {
  return new Promise((done) => {
    const child = spawn(pnpm[0], [...pnpm.slice(1), ...args], { cwd: root, shell, env, stdio: 'inherit' });
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
    child.on('error', (error) => {
      console.error(`cannot run ${pnpm[0]}: ${error.message}`);
      done(1);
    });
    child.on('exit', (code, signal) => done(code ?? (signal ? 1 : 0)));
  });
}

const install = installIsFresh() ? 0 : await run(['install', '--frozen-lockfile', '--prefer-offline']);
process.exitCode = install || (await run(['--silent', 'run', task, ...rest]));
