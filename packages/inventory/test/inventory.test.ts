import { overMatrix } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { inventoryKeys } from '../src/index.js';
import { playShop } from './conservation.js';
import { expirySuite } from './expiry.suite.js';
import { rebuildSuite } from './rebuild.suite.js';
import { refusalSuite } from './refusals.suite.js';
import { reserveSuite } from './reserve.suite.js';
import { waitingSuite } from './waiting.suite.js';
import { windowSuite } from './window.suite.js';

overMatrix(
  'inventory',
  (context) => {
    reserveSuite(context);
    expirySuite(context);
    refusalSuite(context);
    windowSuite(context);
    waitingSuite(context);
    rebuildSuite(context);
    const [seeds, steps] = context.column.memory ? [15, 200] : [1, 240];
    it(`free + held + sold is what was put there, for any interleaving (${seeds} seeds)`, async () => {
      const drivers = await Promise.all([1, 2, 3, 4].map(() => context.driver()));
      for (let seed = 1; seed <= seeds; seed++)
        expect(await playShop(drivers, context.advance, seed, steps), `seed ${seed}`).toEqual([]);
    });
  },
  { keys: inventoryKeys },
);
