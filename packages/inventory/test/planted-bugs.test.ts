import { type Command, createManualClock, type Driver } from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import { describe, expect, it } from 'vitest';
import { createInventory } from '../src/index.js';
import { playShop } from './conservation.js';
import { playLine } from './line-order.js';

/** A text of the scripts, and what a careless hand would have written instead. */
const plants = [
  {
    bug: 'a confirmed hold still counts as held',
    text: 'change(item, -quantity, -quantity, quantity)',
    instead: 'change(item, -quantity, 0, quantity)',
  },
  { bug: 'stock is not checked', text: 'if free < quantity and not short', instead: 'if false' },
  {
    bug: 'a released hold is given back twice',
    text: 'change(item, 0, -quantity, 0)',
    instead: 'change(item, 0, -2 * quantity, 0)',
  },
  {
    bug: 'the first item alone is given back',
    text: 'for _, entry in ipairs(items) do\n    local item',
    instead: 'for _, entry in ipairs({ items[1] }) do\n    local item',
  },
  { bug: 'a sale is forgotten', text: 'level.sold + sold', instead: 'level.sold + math.max(0, sold - 1)' },
] as const;

/** A driver whose scripts have the bug; every other command is left alone. */
function withBug(driver: Driver, text: string, instead: string): Driver {
  return {
    ...driver,
    send: (command, options) => driver.send(planted(command), options),
    transaction: (commands, options) => driver.transaction(commands, options),
  };
  function planted<T>(command: Command<T>): Command<T> {
    const { script, args } = command;
    if (script === undefined) return command;
    const { script: _, ...rest } = command;
    return { ...rest, args: ['EVAL', script.lua.replace(text, instead), ...args.slice(2)] };
  }
}

describe('the checker of conservation', () => {
  for (const { bug, text, instead } of plants)
    it(`finds it when ${bug}`, async () => {
      const clock = createManualClock();
      const redis = createMemoryRedis({ clock, seed: 1 });
      const drivers = [1, 2, 3].map(() => withBug(redis.driver(), text, instead));
      const found: string[] = [];
      for (let seed = 1; seed <= 10 && found.length === 0; seed++)
        found.push(...(await playShop(drivers, (ms) => clock.advance(ms), seed, 200)));
      expect(found).not.toEqual([]);
      redis.close();
    });
});

it('the order of the line is found wrong when the last is served first', async () => {
  const redis = createMemoryRedis({ clock: createManualClock(), seed: 1 });
  const head = "'ZRANGEBYLEX', KEYS[7], '[' .. item .. '\\0', '(' .. item .. '\\1'";
  const tail = "'ZREVRANGEBYLEX', KEYS[7], '(' .. item .. '\\1', '[' .. item .. '\\0'";
  const granted: string[] = [];
  const shop = createInventory(withBug(redis.driver(), head, tail), {
    name: 'line',
    events: { emit: async (event) => void (event.kind === 'granted' && granted.push(event.id)) },
  });
  expect(await playLine(shop, () => granted, 1, 20)).not.toEqual(granted);
  expect(granted).not.toEqual([]);
  redis.close();
});
