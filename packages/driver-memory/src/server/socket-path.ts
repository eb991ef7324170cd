import { lstat, rm } from 'node:fs/promises';
import { connect } from 'node:net';

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    // Any other error: of a server that is there, and busy, another user's or of another kind.
    socket.once('error', ({ code }: NodeJS.ErrnoException) =>
      resolve(code !== 'ECONNREFUSED' && code !== 'ENOENT'),
    );
  });
}

/** Removes the socket file that a server which is gone left there. Whatever else is there stays, and is in the way of listening. */
export async function removeStaleSocket(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.isSocket() && !(await answers(path))) await rm(path, { force: true });
}
