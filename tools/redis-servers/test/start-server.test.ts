import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { requireServers } from '../src/availability.js';
import { RespClient, readFields, withClient } from '../src/resp-client.js';
import { startServer } from '../src/start-server.js';

const processIdOf = (port: number): Promise<number> =>
  withClient(port, async (client) =>
    Number(readFields(await client.command('INFO', 'server')).get('process_id')),
  );

describe.skipIf(!(await requireServers()))('startServer', () => {
  it('listens on TCP and on its unix socket, under the process id it names', async () => {
    await using server = await startServer();
    expect(await processIdOf(server.port)).toBe(server.pid);
    const socket = createConnection(server.socketPath);
    socket.write('PING\r\n');
    const [answer] = await once(socket, 'data');
    socket.destroy();
    expect(String(answer)).toBe('+PONG\r\n');
  });

  it('stop ends the process and removes the folder', async () => {
    const server = await startServer();
    const { pid } = server;
    await server.stop();
    await server.stop();
    expect(server.running).toBe(false);
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    await expect(stat(server.socketPath.replace(/\/[^/]*$/, ''))).rejects.toThrow('ENOENT');
    await expect(server.restart()).rejects.toThrow('stopped for good');
  });

  it('pause stops answering without closing, resume goes on', async () => {
    await using server = await startServer();
    const client = new RespClient(server.port);
    expect(await client.command('PING')).toBe('PONG');
    await server.pause();
    let answered = false;
    const pending = client.command('PING').finally(() => {
      answered = true;
    });
    expect(await readFile(`/proc/${server.pid}/stat`, 'utf8').catch(() => ') T')).toMatch(/\) T/);
    expect(answered).toBe(false);
    await server.resume();
    expect(await pending).toBe('PONG');
    client.close();
  });

  it('kill then restart: same port, empty without an append-only file, complete with one', async () => {
    for (const appendonly of [false, true]) {
      await using server = await startServer({ appendonly });
      const { port, pid } = server;
      await withClient(port, (client) => client.command('SET', 'kept', 'yes'));
      await server.kill();
      expect(server.running).toBe(false);
      await expect(withClient(port, (client) => client.command('PING'))).rejects.toThrow();
      await server.restart();
      expect(server.pid).not.toBe(pid);
      expect(await processIdOf(port)).toBe(server.pid);
      expect(await withClient(port, (client) => client.command('GET', 'kept'))).toBe(
        appendonly ? 'yes' : null,
      );
    }
  });

  it('restart ends a running, even a paused server first', async () => {
    await using server = await startServer({ appendonly: true });
    await withClient(server.port, (client) => client.command('SET', 'kept', 'yes'));
    await server.pause();
    await server.restart();
    expect(await withClient(server.port, (client) => client.command('GET', 'kept'))).toBe('yes');
  });

  it('rejects with the last lines when the server refuses to start', async () => {
    await expect(startServer({ args: ['--no-such-setting', '1'] })).rejects.toThrow(/no-such-setting/);
  });

  it('speaks TLS with a certificate that can be verified', async () => {
    await using server = await startServer({ tls: true });
    const ca = await readFile(server.tls!.ca);
    const socket = connectTls({ host: '127.0.0.1', port: server.tls!.port, ca });
    await once(socket, 'secureConnect');
    socket.write('PING\r\n');
    const [answer] = await once(socket, 'data');
    socket.destroy();
    expect(socket.authorized).toBe(true);
    expect(String(answer)).toBe('+PONG\r\n');
  });
});
