import { createManualClock, type Driver } from '@penknife/core';
import { createMemoryDriver } from '@penknife/driver-memory';
import { describe, expect, it } from 'vitest';
import type { Operator } from '../src/index.js';
import { playAgainstModel, type Scenario, scenarios, wideScenarios } from './oracle.js';
import { type Plant, planted } from './planted.js';
import { playRolling } from './rolling.js';
import { playTrims, type TrimScenario, trimScenarios } from './trims.js';

const plants: readonly Plant[] = [
  {
    bug: 'trap 4: an increment keeps the old time',
    script: 'submit',
    text: "new[i] = digitOfTicks(ticks, limits[i], column.first == '-1')",
    instead: "new[i] = old and old[i] or digitOfTicks(ticks, limits[i], column.first == '-1')",
  },
  {
    bug: 'trap 6: a result that nobody has stays among the distinct ones',
    script: 'submit',
    text: 'if board.old then dropResult(',
    instead: 'if false then dropResult(',
  },
  {
    bug: 'trap 16: a removal leaves the distinct results behind',
    script: 'remove',
    text: 'if round.groups then dropResult(',
    instead: 'if false then dropResult(',
  },
  {
    bug: 'trap 8: an unchanged score moves its time',
    script: 'submit',
    text: "if better == nil or (operator == 'best' and not better) then return nil end",
    instead: "if operator == 'best' and better == false then return nil end",
  },
  {
    bug: 'the worse score is kept',
    script: 'submit',
    text: 'better = isBetter(new[i], old[i])',
    instead: 'better = isBetter(old[i], new[i])',
  },
  {
    bug: 'a late score overwrites what happened after it',
    script: 'submit',
    text: 'if older then return nil end',
    instead: '',
  },
  {
    bug: 'the rest of a division is taken by `%`, inexact near 2^53',
    script: 'submit',
    layout: 'packed',
    text: 'digits[i] = math.fmod(place, limits[i])',
    instead: 'digits[i] = place - math.floor(place / limits[i] + 1e-9) * limits[i]',
  },
  {
    bug: 'scores are printed with 14 digits',
    script: 'submit',
    layout: 'packed',
    text: "string.format('%.0f', number)",
    instead: 'tostring(number)',
  },
  {
    bug: 'competition ranks count time columns',
    script: 'read',
    layout: 'packed',
    text: 'return place - math.fmod(place, round.tie)',
    instead: 'return place',
  },
  {
    bug: 'a page ranks its first row by its place',
    script: 'read',
    text: "if policy == 'competition' then ahead = aheadOf(round, first)",
    instead: "if policy == 'competition' then ahead = start",
  },
  {
    bug: 'a page ranks its last row by its place',
    script: 'read',
    text: "elseif policy == 'modified' then last = upTo(round, final)",
    instead: "elseif policy == 'modified' then last = start + #members",
  },
  {
    bug: 'the surroundings shrink at the borders',
    script: 'read',
    text: 'math.min(index - math.floor((count - 1) / 2), total - count)',
    instead: 'index - math.floor((count - 1) / 2)',
  },
  {
    bug: 'a cursor meets its own member again',
    script: 'read',
    layout: 'packed',
    text: 'return #left > #right',
    instead: 'return #left >= #right',
  },
  {
    bug: 'a carry is lost',
    script: 'submit',
    layout: 'lexicographic',
    text: 'carry = math.floor(sum / 256)',
    instead: 'carry, sum = 0, math.fmod(sum + 256, 256)',
  },
  {
    bug: 'bytes are compared from the wrong end',
    script: 'submit',
    layout: 'lexicographic',
    text: 'better = isBetter(new[i], old[i])',
    instead: 'better = string.reverse(new[i]) < string.reverse(old[i])',
  },
  {
    bug: 'the old place of a member stays on the board',
    script: 'submit',
    layout: 'lexicographic',
    text: "if old then redis.call('ZREM'",
    instead: "if false then redis.call('ZREM'",
  },
  {
    bug: 'a range ends before the last byte',
    script: 'read',
    layout: 'lexicographic',
    text: 'string.char(byte + 1)',
    instead: 'string.char(byte)',
  },
  {
    bug: 'equals are told by their whole place',
    script: 'read',
    layout: 'lexicographic',
    text: "redis.call('ZLEXCOUNT', round.board, '-', '(' .. string.sub(place, 1, round.tie))",
    instead: "redis.call('ZLEXCOUNT', round.board, '-', '(' .. place)",
  },
];

async function playAll(driver: Driver, seed: number, played: readonly Scenario[]): Promise<void> {
  for (const scenario of played) {
    for (const operator of scenario.operators) {
      await playAgainstModel(driver, scenario, operator as Operator, seed, 60);
    }
  }
}

/** Most bugs show with a time column, the others near 2^53. */
const likeliest = [1, 3, 0, 2].flatMap((i) => scenarios[i] ?? []);

const rollingPlants: readonly Plant[] = [
  {
    bug: 'a bucket lapses a window after its begin, not after the last score in it',
    script: 'submit',
    text: 'lapses = tonumber(part[1]) + window.length',
    instead: 'lapses = math.floor(tonumber(part[1]) / window.bucket) * window.bucket + window.length',
  },
  {
    bug: 'what lapses is not taken off by those who look',
    script: 'read',
    text: 'if round.window and lapse(round, nowMs(), 50)',
    instead: 'if false',
  },
  {
    bug: 'a worse score of the same bucket replaces a better one',
    script: 'submit',
    text: 'part[2] = math.min(part[2], parts[field][2])',
    instead: 'part[2] = part[2]',
  },
];

const trimPlants: readonly Plant[] = [
  {
    bug: 'trap 3: nothing is taken off where more than one is over',
    script: 'submit',
    text: 'if board.size > 0 and board.total > board.size then',
    instead: 'if board.size > 0 and board.total == board.size + 1 then',
  },
  {
    bug: 'one is taken off, however many are over',
    script: 'submit',
    text: 'rowsOf(board, math.max(board.size, board.total - 100), 100)',
    instead: 'rowsOf(board, board.total - 1, 1)',
  },
  {
    bug: 'the best are taken off',
    script: 'submit',
    text: 'rowsOf(board, math.max(board.size, board.total - 100), 100)',
    instead: 'rowsOf(board, 0, board.total - board.size)',
  },
  {
    bug: 'one more is taken off than is over',
    script: 'submit',
    text: 'math.max(board.size, board.total - 100)',
    instead: 'math.max(board.size - 1, board.total - 100)',
  },
  {
    bug: 'trap 16: results of those who are taken off stay among the distinct ones',
    script: 'submit',
    text: '  erase(round, member, place)\n  if round.groups then dropResult(round, place) end',
    instead: '  erase(round, member, place)',
  },
];

describe('the property of random sizes notices', () => {
  for (const [i, plant] of trimPlants.entries()) {
    const scenario = trimScenarios[i % trimScenarios.length] as TrimScenario;
    it(`${plant.bug}: ${scenario.direction}, ${scenario.layout}`, async () => {
      const memory = createMemoryDriver({ clock: createManualClock() });
      const broken = planted(memory, plant);
      await expect(playTrims(broken.driver, scenario, 1, 120)).rejects.toMatchObject({
        name: 'AssertionError',
      });
      expect(broken.used()).toBeGreaterThan(0);
      await memory.close();
    });
  }
});

describe('the window’s property notices', () => {
  for (const plant of rollingPlants) {
    it(plant.bug, async () => {
      const clock = createManualClock();
      const memory = createMemoryDriver({ clock });
      const broken = planted(memory, plant);
      await expect(playRolling(broken.driver, (ms) => clock.advance(ms))).rejects.toMatchObject({
        name: 'AssertionError',
      });
      expect(broken.used()).toBeGreaterThan(0);
      await memory.close();
    });
  }
});

describe('the model notices', () => {
  for (const plant of plants) {
    it(plant.bug, async () => {
      const memory = createMemoryDriver({ clock: createManualClock() });
      const broken = planted(memory, plant);
      await expect(
        playAll(broken.driver, 1, plant.layout === 'lexicographic' ? wideScenarios.toReversed() : likeliest),
      ).rejects.toMatchObject({ name: 'AssertionError' });
      expect(broken.used()).toBeGreaterThan(0);
      await memory.close();
    });
  }
});
