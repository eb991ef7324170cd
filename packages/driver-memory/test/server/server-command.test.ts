import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runServerCommand } from '../../src/server/server-command.js';
import { RawClient } from './raw-client.js';

/** Runs the command with its surroundings in hand. */
function command(...args: readonly string[]): {
  code: Promise<number>;
  ready: Promise<number>;
  printed: () => string;
  complaints: () => string;
  stop: () => void;
} {
  let printed = '';
  let complaints = '';
  let stop = (): void => undefined;
  let tellReady: (port: number) => void = () => undefined;
  const ready = new Promise<number>((resolve) => {
    tellReady = resolve;
  });
  const code = runServerCommand(args, {
    out(text) {
      printed += text;
      const port = /^Ready to accept connections on redis:\/\/127\.0\.0\.1:(\d+)$/m.exec(printed)?.[1];
      if (port !== undefined) tellReady(Number(port));
    },
    complain(text) {
      complaints += text;
    },
    onStop(listener) {
      stop = listener;
      return () => {
        stop = () => undefined;
      };
    },
  });
  return { code, ready, printed: () => printed, complaints: () => complaints, stop: () => stop() };
}

test('it listens, says so without the password, and ends with a signal', async () => {
  const { code, ready, printed, stop } = command(
    '--port',
    '0',
    '--requirepass',
    'secret',
    '--databases',
    '3',
  );
  const client = new RawClient({ port: await ready });
  expect(await client.ask('AUTH secret')).toBe('+OK\r\n');
  expect(await client.ask('SELECT 3')).toBe('-ERR DB index is out of range\r\n');
  expect(printed()).not.toContain('secret');
  stop();
  expect(await code).toBe(0);
  expect(await client.end()).toBe('');
});

test('what it kept in a file is there when it starts again; a client may shut it down', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'penknife-'));
  try {
    for (const expected of [':1\r\n', ':2\r\n']) {
      const { code, ready } = command('--port', '0', '--file', join(folder, 'data'), '--fsync', 'always');
      const client = new RawClient({ port: await ready });
      expect(await client.ask('INCR n')).toBe(expected);
      client.send('SHUTDOWN');
      expect(await code).toBe(0);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.each([
  [['--port', 'x'], /--port must be a whole number, got 'x'/],
  [['--bind', '0.0.0.0', '--port', '0'], /bind needs a password/],
  [['--compatibility', '3'], /compatibility must be/],
  [['--databases', '0'], /databases must be/],
  [['--file', '/nowhere/at/all'], /cannot be written/],
  [['--unknown'], /Unknown option '--unknown'/],
])('%j is refused in one line', async (args, reason) => {
  const { code, complaints } = command(...args);
  expect(await code).toBe(1);
  expect(complaints()).toMatch(reason);
  expect(complaints().trim().split('\n')[0]).toMatch(/^penknife-server: /);
});

test('--help', async () => {
  const { code, printed } = command('--help');
  expect(await code).toBe(0);
  expect(printed()).toContain('--port');
});
