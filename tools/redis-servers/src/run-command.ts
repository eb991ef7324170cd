import { execFile } from 'node:child_process';

/** A command that could not be started or ended with a failure; the message carries its last lines of output. */
class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** How a command is run: in which folder, with which environment, and for how long at most (`timeoutMs`). */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly timeoutMs?: number;
}

const outputLimit = 64 * 1024 * 1024;

/**
 * Runs a program without a shell and resolves with its standard output.
 * Rejects with a `CommandError` when it is missing, fails, or takes longer than `timeoutMs` (default: three minutes).
 */
export function runCommand(
  file: string,
  args: readonly string[],
  { cwd, env = process.env, timeoutMs = 180_000 }: RunOptions = {},
): Promise<string> {
  const options = {
    cwd,
    env: { ...env, LC_ALL: 'C' },
    timeout: timeoutMs,
    maxBuffer: outputLimit,
    encoding: 'utf8',
  } as const;
  return new Promise((resolve, reject) => {
    execFile(file, [...args], options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      const said = (stderr || stdout).trim().split('\n').slice(-3).join(' | ');
      const reason = error.killed ? `no end after ${timeoutMs} ms` : said || error.message.split('\n')[0];
      reject(new CommandError(`${file} ${args[0] ?? ''}: ${reason}`, { cause: error }));
    });
  });
}
