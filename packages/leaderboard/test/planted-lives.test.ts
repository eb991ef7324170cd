import { createManualClock, type Driver } from '@penknife/core';
import { createMemoryDriver } from '@penknife/driver-memory';
import { describe, expect, it } from 'vitest';
import {
  type PlayLayout,
  playBanRace,
  playBans,
  playFinal,
  playHalfUnban,
  playHistory,
  playPassed,
  playRename,
  playRenameRace,
  playSnapshots,
} from './lives.js';
import { playAgainstModel, scenarios } from './oracle.js';
import { type Plant, planted } from './planted.js';

/** A bug in what happens in a member's life, and the play that shows it. */
interface LivePlant extends Plant {
  readonly play: (driver: Driver, layout: PlayLayout) => Promise<void>;
}

const livePlants: readonly LivePlant[] = [
  {
    bug: 'hide: the score is not kept',
    script: 'hide',
    text: "redis.call('HSET', round.hidden, member, rawPlace(place))",
    instead: '',
    play: playBans,
  },
  {
    bug: 'hide: the result of who is hidden stays among the distinct ones',
    script: 'hide',
    text: '    if round.groups then dropResult(round, place) end',
    instead: '',
    play: playBans,
  },
  {
    bug: 'hide: the member stays on the board',
    script: 'hide',
    text: '    erase(round, member, place)',
    instead: '',
    play: playBans,
  },
  {
    bug: 'submit: who is banned is shown',
    script: 'submit',
    text: "redis.call('SISMEMBER', takeKey(), member) == 1",
    instead: "redis.call('SISMEMBER', takeKey(), member) == 2",
    play: playBans,
  },
  {
    bug: 'submit: a hidden sum starts anew',
    script: 'submit',
    text: 'stands = placeFrom(hidden)',
    instead: 'stands = nil',
    play: playBans,
  },
  {
    bug: 'submit: what a ban has not hidden yet does not count',
    script: 'submit',
    text: 'local stands = board.old',
    instead: 'local stands = not banned and board.old or nil',
    play: playBanRace,
  },
  {
    bug: 'submit: whom a ban has not hidden yet stays in sight',
    script: 'submit',
    text: '    erase(board, member, board.old)',
    instead: '',
    play: playBanRace,
  },
  {
    bug: 'submit: what was hidden comes back over what was played since',
    script: 'submit',
    text: "if board.shown then redis.call('HDEL', board.hidden, member) end",
    instead: '',
    play: playBanRace,
  },
  {
    bug: 'show: the member comes back without its result',
    script: 'show',
    text: 'move(round, member, old, place)',
    instead: 'put(round, member, old, place)',
    play: playBans,
  },
  {
    bug: 'show: the hidden score stays hidden, too',
    script: 'show',
    text: "redis.call('HDEL', round.hidden, member)",
    instead: '',
    play: playBans,
  },
  {
    bug: 'merge: the old name stays',
    script: 'merge',
    text: 'erase(round, from, was)',
    instead: '',
    play: playRename,
  },
  {
    bug: 'merge: the result of the old name stays among the distinct ones',
    script: 'merge',
    text: 'if round.groups then dropResult(round, was) end',
    instead: '',
    play: playRename,
  },
  {
    bug: 'merge: metadata and the line of the past are left behind',
    script: 'merge',
    text: "redis.call('HSETNX', key, to, value)",
    instead: '',
    play: playRename,
  },
  {
    bug: 'merge: does not look whether something moved',
    script: 'merge',
    text: "if (was and rawPlace(was) or '') ~= fromPlace or",
    instead: 'if',
    play: playRenameRace,
  },
  {
    bug: 'merge: does not look whether the new name is still hidden',
    script: 'merge',
    text: "'HEXISTS', round.hidden, to) == 1",
    instead: "'HEXISTS', round.hidden, to) == 2",
    play: playHalfUnban,
  },
  {
    bug: 'merge: does not look whether the old name is still hidden',
    script: 'merge',
    text: "'HEXISTS', round.hidden, from) == 1",
    instead: "'HEXISTS', round.hidden, from) == 2",
    play: playHalfUnban,
  },
  {
    bug: 'finalize: frozen anew each time',
    script: 'finalize',
    text: 'if #result > 0 then',
    instead: 'if false then',
    play: playFinal,
  },
  {
    bug: 'finalize: a period that still takes scores is frozen',
    script: 'finalize',
    text: "if now < closes then return { 'open' } end",
    instead: '',
    play: playFinal,
  },
  {
    bug: 'finalize: equals of the last row are not counted',
    script: 'finalize',
    text: 'local equals = last and upTo(round, last) or 0',
    instead: 'local equals = #members',
    play: playFinal,
  },
  {
    bug: 'finalize: nobody is waiting for a reward',
    script: 'finalize',
    text: "return { 'first', result, members }",
    instead: "return { 'first', result, {} }",
    play: playFinal,
  },
  {
    bug: 'history: a stretch of time has many samples',
    script: 'submit',
    text: 'if last and bucket <= last then',
    instead: 'if false then',
    play: playHistory,
  },
  {
    bug: 'history: samples are never dropped',
    script: 'submit',
    text: 'math.max(1, #samples - round.samples + 1)',
    instead: '1',
    play: playHistory,
  },
  {
    bug: 'history: a removal leaves it behind',
    script: 'remove',
    text: "if round.history then redis.call('HDEL', round.history, member) end",
    instead: '',
    play: playHistory,
  },
  {
    bug: 'snapshot: taken again by whoever asks',
    script: 'snapshot',
    text: 'if #found > 0 or not takes then',
    instead: 'if not takes then',
    play: playSnapshots,
  },
  {
    bug: 'snapshot: its rows are counted from one',
    script: 'snapshot',
    text: "(i - 1) .. ':'",
    instead: "i .. ':'",
    play: playSnapshots,
  },
  {
    bug: 'movement: who left is still there',
    script: 'movement',
    text: 'indexOf(round, members[i]) or false',
    instead: 'indexOf(round, members[i]) or 0',
    play: playSnapshots,
  },
  {
    bug: 'passed: whoever enters has passed everybody',
    script: 'submit',
    text: '(before or board.total - 1) - after',
    instead: '(before or board.total) - after',
    play: playPassed,
  },
  {
    bug: 'passed: the member names itself',
    script: 'submit',
    text: 'rowsOf(board, after + 1, math.min(passed, named))',
    instead: 'rowsOf(board, after, math.min(passed, named))',
    play: playPassed,
  },
  {
    bug: 'shards: equals of another shard are not counted by their names',
    script: 'read',
    text: "if policy == 'ordinal' then return { countThrough(round, place, member), ahead } end",
    instead: "if policy == 'ordinal' then return { ahead, ahead } end",
    play: playShards,
  },
  {
    bug: 'shards: surroundings begin in the wrong place',
    script: 'read',
    text: 'local start = math.max(0, through - count)',
    instead: 'local start = math.max(0, through - 1)',
    play: playShards,
  },
  {
    bug: 'shards: equals are counted as better',
    script: 'read',
    text: "policy == 'modified' and upTo(round, placeFrom(place)) or ahead",
    instead: 'upTo(round, placeFrom(place))',
    play: playShards,
  },
];

async function playShards(driver: Driver, layout: PlayLayout): Promise<void> {
  const [, scenario] = scenarios;
  if (scenario === undefined) throw new Error('a scenario with equals');
  await playAgainstModel(driver, { ...scenario, layout, shards: 3 }, 'best', 1, 60);
}

describe('the plays of a member’s life notice', () => {
  for (const [i, plant] of livePlants.entries()) {
    // The acts are the same for both layouts: one is enough for each.
    const layout = i % 2 === 0 ? 'packed' : 'lexicographic';
    it(`${plant.bug}: ${layout}`, async () => {
      const memory = createMemoryDriver({ clock: createManualClock() });
      const broken = planted(memory, plant);
      await expect(plant.play(broken.driver, layout)).rejects.toMatchObject({ name: 'AssertionError' });
      expect(broken.used()).toBeGreaterThan(0);
      await memory.close();
    });
  }
});
