import { expect, it } from 'vitest';
import { disorderOf, runKeyOrder } from './key-order.js';

const seeds = process.env.PENKNIFE_TIER === 'full' ? 400 : 15;

it('trap 22: whatever fails, dies, stalls or leaves, a message starts only when all before it of its key are done', async () => {
  const faults: string[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const { history, left } = await runKeyOrder(seed, { order: 'key' });
    faults.push(...disorderOf(history).map((fault) => `seed ${seed}: ${fault}`));
    if (left > 0) faults.push(`seed ${seed}: ${left} never done`);
  }
  expect(faults.slice(0, 10)).toEqual([]);
}, 120_000);

it('the checker notices a group that keeps no order', async () => {
  const { history } = await runKeyOrder(1, {});
  expect(disorderOf(history)).not.toEqual([]);
});
