import type { Command } from '@penknife/core';
import { createMemoryDriver } from '@penknife/driver-memory';
import { createLocks, lockOrThrow } from '@penknife/locks';
import { Redis } from 'ioredis';
import type { Contestant } from '../../case.js';

const sample = 'sampled';

/** The two commands of an uncontended acquire and release, as our locks make them for the resource `sample`. */
async function sampledCommands(): Promise<readonly [acquire: readonly string[], leave: readonly string[]]> {
  const driver = createMemoryDriver();
  const sent: Command<unknown>[] = [];
  const locks = createLocks(
    {
      ...driver,
      send(command, options) {
        sent.push(command);
        return driver.send(command, options);
      },
    },
    { ttl: '10s' },
  );
  await lockOrThrow(await locks.tryAcquire(sample)).release();
  await locks.close();
  await driver.close();
  const [acquire, leave] = sent.map(({ args, script }) => [script?.lua ?? '', ...args.slice(3).map(String)]);
  if (acquire === undefined || leave === undefined)
    throw new Error('an acquire and a release are two commands');
  return [acquire, leave];
}

/**
 * What is left when everything but the two scripts is taken away: the same texts, keys and arguments through the client alone.
 * No deadline, no extension, no handle.
 */
export async function rawScripts(url: string, resourceOf: (turn: number) => string): Promise<Contestant> {
  const client = new Redis(url);
  const [[acquireLua = '', key = '', token = '', ...given], [leaveLua = '']] = await sampledCommands();
  const load = async (lua: string): Promise<string> => String(await client.script('LOAD', lua));
  const [acquire, leave] = [await load(acquireLua), await load(leaveLua)];
  return {
    name: 'raw EVALSHA of the same two scripts on ioredis',
    guarantees: 'the scripts alone: nobody extends, tells or times out',
    async run(turn) {
      const own = key.replace(sample, resourceOf(turn));
      const ownToken = token.slice(0, 9) + turn.toString(36).padStart(7, '0');
      await client.evalsha(acquire, 1, own, ownToken, ...given);
      return client.evalsha(leave, 1, own, ownToken);
    },
    close: async () => client.disconnect(),
  };
}
