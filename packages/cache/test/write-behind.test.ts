import { overMatrix } from '@penknife/matrix';
import { streamKeys } from '@penknife/streams';
import { expect, it } from 'vitest';
import { cacheKeys } from '../src/index.js';
import { createStage } from './stage.js';
import { writeBehindSuite } from './write-behind.suite.js';

overMatrix('cache write-behind', writeBehindSuite, { keys: [cacheKeys, streamKeys] });

it('a write that comes to its readers half a minute after the log had it is refused: it may be stored and forgotten', async () => {
  const stage = createStage();
  const cache = stage.cache<number>();
  const log = (agoMs: number) => ({
    append: async () => ({ id: `${stage.clock.now() - agoMs}-0` }),
    consume: () => undefined,
  });
  await expect(cache.writeBehind(log(30_001)).write('x', 1)).rejects.toMatchObject({
    code: 'CONNECTION',
    sent: 'maybe',
  });
  expect(await cache.get('x')).toBeUndefined();
  await cache.writeBehind(log(29_999)).write('x', 2);
  expect(await cache.get('x')).toBe(2);
  // An older one of the log changes nothing, whenever it comes.
  await cache.writeBehind(log(30_000)).write('x', 3);
  expect(await cache.get('x')).toBe(2);
  await stage.close();
});
