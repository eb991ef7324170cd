import { type Command, createManualClock, type Driver } from '@penknife/core';
import { createMemoryDriver } from '@penknife/driver-memory';
import { describe, expect, it } from 'vitest';
import type { Operator } from '../src/index.js';
import { playAgainstModel, scenarios } from './oracle.js';

/** A text of a script, and what a careless hand would have written instead. */
interface Plant {
  readonly bug: string;
  readonly script: 'leaderboard/submit' | 'leaderboard/read' | 'leaderboard/remove';
  readonly text: string;
  readonly instead: string;
}

const plants: readonly Plant[] = [
  {
    bug: 'trap 4: an increment keeps the old time',
    script: 'leaderboard/submit',
    text: 'new[i] = timeDigit(column, radices[i], epoch)',
    instead: 'new[i] = old and old[i] or timeDigit(column, radices[i], epoch)',
  },
  {
    bug: 'trap 6: a result that nobody has stays among the distinct ones',
    script: 'leaderboard/submit',
    text: 'if board.old then dropGroup(',
    instead: 'if false then dropGroup(',
  },
  {
    bug: 'trap 16: a removal leaves the distinct results behind',
    script: 'leaderboard/remove',
    text: 'if groups then dropGroup(',
    instead: 'if false then dropGroup(',
  },
  {
    bug: 'trap 8: an unchanged score moves its time',
    script: 'leaderboard/submit',
    text: "if better == nil or (operator == 'best' and not better) then return nil end",
    instead: "if operator == 'best' and better == false then return nil end",
  },
  {
    bug: 'the worse score is kept',
    script: 'leaderboard/submit',
    text: 'better = new[i] < old[i]',
    instead: 'better = new[i] > old[i]',
  },
  {
    bug: 'a late score overwrites what happened after it',
    script: 'leaderboard/submit',
    text: 'if older then return nil end',
    instead: '',
  },
  {
    bug: 'the rest of a division is taken by `%`, inexact near 2^53',
    script: 'leaderboard/submit',
    text: 'digits[i] = math.fmod(score, radices[i])',
    instead: 'digits[i] = score - math.floor(score / radices[i] + 1e-9) * radices[i]',
  },
  {
    bug: 'scores are printed with 14 digits',
    script: 'leaderboard/submit',
    text: "string.format('%.0f', number)",
    instead: 'tostring(number)',
  },
  {
    bug: 'competition ranks count time columns',
    script: 'leaderboard/read',
    text: 'return score - math.fmod(score, radix)',
    instead: 'return score',
  },
  {
    bug: 'a page ranks its first row by its place',
    script: 'leaderboard/read',
    text: "if policy == 'competition' then ahead = aheadOf(board, first, radix)",
    instead: "if policy == 'competition' then ahead = start",
  },
  {
    bug: 'a page ranks its last row by its place',
    script: 'leaderboard/read',
    text: "elseif policy == 'modified' then last = upTo(board, final, radix)",
    instead: "elseif policy == 'modified' then last = start + #rows / 2",
  },
  {
    bug: 'the surroundings shrink at the borders',
    script: 'leaderboard/read',
    text: 'math.min(rank - math.floor((count - 1) / 2), total - count)',
    instead: 'rank - math.floor((count - 1) / 2)',
  },
  {
    bug: 'a cursor meets its own member again',
    script: 'leaderboard/read',
    text: 'return #left > #right',
    instead: 'return #left >= #right',
  },
];

/** A driver whose scripts have the bug. */
function planted(driver: Driver, { script, text, instead }: Plant): { driver: Driver; used(): number } {
  let used = 0;
  const send: Driver['send'] = <T>(command: Command<T>, options?: object) => {
    if (command.script?.name !== script) return driver.send(command, options);
    const lua = command.script.lua.replace(text, () => instead);
    if (lua !== command.script.lua) used++;
    const { script: _, ...rest } = command;
    return driver.send({ ...rest, args: ['EVAL', lua, ...command.args.slice(2)] }, options);
  };
  return { driver: { ...driver, send, clock: driver.clock }, used: () => used };
}

async function playAll(driver: Driver, seed: number): Promise<void> {
  for (const scenario of scenarios) {
    for (const operator of scenario.operators) {
      await playAgainstModel(driver, scenario, operator as Operator, seed, 60);
    }
  }
}

describe('the model notices', () => {
  for (const plant of plants) {
    it(plant.bug, async () => {
      const memory = createMemoryDriver({ clock: createManualClock() });
      const broken = planted(memory, plant);
      await expect(playAll(broken.driver, 1)).rejects.toMatchObject({ name: 'AssertionError' });
      expect(broken.used()).toBeGreaterThan(0);
      await memory.close();
    });
  }

  it('nothing where nothing is planted', async () => {
    const memory = createMemoryDriver({ clock: createManualClock() });
    await playAll(memory, 1);
    await memory.close();
  });
});
