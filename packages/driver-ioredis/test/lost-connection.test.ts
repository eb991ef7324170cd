import { ConnectionError, type Driver, type Reply, rawReply } from '@penknife/core';
import { requireServers, startServer } from '@penknife/redis-servers';
import { describe, expect, test, vi } from 'vitest';
import { createIoredisDriver } from '../src/index.js';
import { majors } from './majors.js';

const incr = { args: ['INCR', 'counter'], read: rawReply } as const;

/** A call that ends at its deadline and tells why; the first ones may end before the reason is known. */
function unsentBecause(driver: Driver, code: string): Promise<unknown> {
  return vi.waitFor(async () => {
    const error = await outcome(driver.send(incr, { deadlineMs: 30 }));
    expect(error).toMatchObject({ kind: 'connection', sent: 'no', cause: { code } });
    return error;
  }, 10_000);
}

/** How a call ended, without ending with it. */
function outcome(call: Promise<unknown>): Promise<unknown> {
  return call.catch((error: unknown) => error);
}

async function counted(driver: Driver): Promise<Reply> {
  return driver.send({ args: ['GET', 'counter'], read: rawReply, repeatable: true });
}

describe.skipIf(!(await requireServers())).each(majors)('$name: a lost connection', ({ redis }) => {
  test('in flight when the server stops and dies: rejected, and never sent again', async () => {
    await using server = await startServer({ appendonly: true });
    await using driver = createIoredisDriver(redis({ port: server.port, lazyConnect: true }));
    expect(await driver.send(incr)).toBe(1);
    await server.pause();
    const under = [
      outcome(driver.send(incr)),
      outcome(driver.send(incr)),
      outcome(driver.transaction([incr])),
    ];
    const batch = driver.batch([incr, incr]);
    await server.kill();
    for (const error of await Promise.all(under)) {
      expect(error).toBeInstanceOf(ConnectionError);
      expect(error).toMatchObject({ sent: 'maybe' });
    }
    for (const each of await batch) expect(each).toMatchObject({ ok: false, error: { sent: 'maybe' } });
    await server.restart();
    expect(await counted(driver)).toBe('1');
    expect(await driver.send(incr)).toBe(2);
  });

  test('a repeatable command comes through once the server is back', async () => {
    await using server = await startServer();
    await using driver = createIoredisDriver(redis({ port: server.port, lazyConnect: true }));
    await driver.send(incr);
    await server.pause();
    const get = driver.send({ args: ['GET', 'counter'], read: rawReply, repeatable: true });
    await server.kill();
    await server.restart();
    expect(await get).toBeNull();
  });

  test('no server: the deadline tells that nothing was sent, and why', async () => {
    await using server = await startServer();
    await server.kill();
    await using driver = createIoredisDriver(redis({ port: server.port, lazyConnect: true }));
    await unsentBecause(driver, 'ECONNREFUSED');
    await server.restart();
    expect(await driver.send(incr)).toBe(1);
  });

  test('a strategy that gives up does not end the driver', async () => {
    await using server = await startServer();
    const client = redis({ port: server.port, lazyConnect: true, retryStrategy: () => null });
    await using driver = createIoredisDriver(client);
    await driver.send(incr);
    await server.kill();
    await outcome(driver.send(incr, { deadlineMs: 20 }));
    await server.restart();
    expect(await driver.send(incr)).toBe(1);
  });

  test('a lane that is blocked when it is cut: rejected, lost, and never back', async () => {
    await using server = await startServer();
    await using driver = createIoredisDriver(redis({ port: server.port, lazyConnect: true }));
    const lane = await driver.openLane();
    const blocked = outcome(lane.send({ args: ['BLPOP', 'nobody', 0], read: rawReply }));
    await driver.send({ args: ['CLIENT', 'KILL', 'ID', lane.id], read: rawReply });
    expect(await blocked).toMatchObject({ kind: 'connection', sent: 'maybe' });
    expect(lane.lost.aborted).toBe(true);
    expect(await outcome(lane.send(incr))).toMatchObject({ kind: 'connection', sent: 'no' });
  });

  test('a wrong password is told as the server’s answer, without the password', async () => {
    await using server = await startServer({ args: ['--requirepass', 'right'] });
    await using driver = createIoredisDriver(
      redis({ port: server.port, lazyConnect: true, password: 'wrong-secret' }),
    );
    const error = await outcome(driver.openLane());
    expect(error).toMatchObject({ kind: 'server', code: 'WRONGPASS' });
    const sent = await unsentBecause(driver, 'WRONGPASS');
    const { inspect } = await import('node:util');
    expect(inspect([error, sent], { depth: 9, showHidden: true })).not.toContain('wrong-secret');
  });
});
