// Runs a command to its end and keeps what it said.
import { spawnSync } from 'node:child_process';
import { isAbsolute } from 'node:path';

/** @typedef {{ status: number, output: string }} CapturedRun status 1 also when the command could not start */

const LIMIT_MS = 5 * 60_000;

/**
 * @param {readonly string[]} commandLine
 * @param {string} cwd
 * @param {Record<string, string | undefined>} [env]
 * @returns {CapturedRun}
 */
export function run([command = '', ...args], cwd, env = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', ...env },
    maxBuffer: 64 * 1024 * 1024,
    timeout: LIMIT_MS,
    shell: process.platform === 'win32' && !isAbsolute(command),
  });
  return {
    status: error === undefined ? (status ?? 1) : 1,
    output: `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`,
  };
}
