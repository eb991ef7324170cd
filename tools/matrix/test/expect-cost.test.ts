import { rawReply } from '@penknife/core';
import { expect, it } from 'vitest';
import { expectCost, nodeRedisClient, overMatrix, singleColumn } from '../src/index.js';

overMatrix(
  'the cost of a call',
  (context) => {
    it('is met, and complained of where one of its parts is above', async () => {
      const driver = await context.driver();
      const set = async (turn: number): Promise<void> => {
        for (const key of ['a', 'b'])
          await driver.send({ args: ['SET', key, turn, 'PX', 1000], key, read: rawReply });
      };
      const cost = { calls: { set: 2 }, roundTrips: 2, bytesIn: 90, bytesOut: 10 };
      await expectCost(context, 'two writes', set, cost);
      const other = (part: object) => expectCost(context, 'two writes', set, { ...cost, ...part });
      await expect(other({ calls: { set: 1 } })).rejects.toThrow('commands of two writes');
      await expect(other({ roundTrips: 1 })).rejects.toThrow('round trips of two writes');
      await expect(other({ bytesIn: 89 })).rejects.toThrow('bytes to the server for two writes');
      await expect(other({ bytesOut: 9 })).rejects.toThrow('bytes from the server for two writes');
    });
  },
  { columns: [singleColumn(nodeRedisClient)] },
);
