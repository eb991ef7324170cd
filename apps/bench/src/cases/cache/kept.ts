import { cacheKeys } from '@penknife/cache';
import type { BenchCase } from '../../case.js';
import { untimedClient } from '../untimed-client.js';
import { libraries } from './libraries.js';
import { openOurs, promises } from './ours.js';

const product = { id: 1000, name: 'A knife with a good many blades', cents: 4900, tags: ['steel', 'red'] };
const json = JSON.stringify(product);

/** What Redis keeps for one entry. */
export const keptCase: BenchCase = {
  name: 'cache/bytes-per-entry',
  question: 'How many bytes does an entry keep in Redis, beside the value’s JSON alone?',
  inFlight: [16],
  async prepare(context) {
    const { server } = context;
    const ours = openOurs(server.url, 'node-redis', { local: false });
    const raw = await untimedClient(server.url);
    await ours.cache.getOrSet('measured', async () => product);
    const key = cacheKeys.in('pk').entry(['bench', 'measured']);
    const stored = Number(await raw.sendCommand(['STRLEN', key]));
    const others = [
      libraries.bentocache,
      libraries.cacheable,
      libraries['cache-manager'],
      libraries.cachified,
    ];
    const peers = await Promise.all(others.map((open) => open(context)));
    return [
      {
        name: 'penknife on node-redis',
        guarantees: promises,
        run: (turn) => ours.cache.getOrSet(`item-${1_000_000 + turn}`, async () => product),
        facts: () =>
          `${stored - json.length} bytes more than the value's ${json.length}, under a key of ${key.length - 'measured'.length} more`,
        close: ours.close,
      },
      {
        name: 'node-redis: SET with a TTL',
        guarantees: 'none: the floor',
        run: (turn) => raw.sendCommand(['SET', `item-${1_000_000 + turn}`, json, 'PX', '3600000']),
        close: async () => raw.destroy(),
      },
      ...peers.map(({ name, guarantees, getOrSet, close }) => ({
        name,
        guarantees,
        run: (turn: number) => getOrSet(`item-${1_000_000 + turn}`, async () => product),
        close,
      })),
    ];
  },
};
