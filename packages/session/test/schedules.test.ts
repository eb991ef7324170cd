import { expect, it } from 'vitest';
import { History } from './schedule/history.js';
import type { PlantedBug } from './schedule/planted-bug.js';
import { losesReplies, runSchedule, simulatedServer } from './schedule/run-schedule.js';

// On memory alone: there the order of commands is the seed's.
const schedules = 1000;

it(`${schedules} schedules of parallel saves, logouts, rotations and revocations: nothing lost, nothing resurrected`, async () => {
  const server = simulatedServer();
  const tally: Record<string, number> = {};
  for (let seed = 1; seed <= schedules; seed++) {
    const history = await runSchedule(server, seed);
    expect(history.complaints, `seed ${seed}`).toEqual([]);
    for (const [kind, count] of Object.entries(history.tally)) tally[kind] = (tally[kind] ?? 0) + count;
  }
  // The schedules did something: every kind of act was acknowledged, often.
  for (const kind of [
    'load',
    'save',
    'count',
    'login',
    'regenerate',
    'destroy',
    'revoke',
    'others',
    'revoked',
  ]) {
    expect(tally[kind], kind).toBeGreaterThan(schedules / 10);
  }
}, 60_000);

const caught: readonly (readonly [PlantedBug, RegExp])[] = [
  ['save re-creates', /^resurrection/],
  ['save writes the whole document', /^lost update: n/],
  ['save ignores its conditions', /^lost update: \d+ of \d+ counted/],
  ['index is not asked', /^resurrection/],
  ['rotation leaves the old one', /^(resurrection|lost)/],
  ['login copies and lets live', /^resurrection/],
  ['logout does not follow', /^resurrection/],
  ['put back unasked', /^resurrection/],
  ['another login is not asked whether it was ended', /^resurrection: login/],
  ['a move is not asked whether it was ended', /^resurrection/],
  ['a move is not followed', /^dropped/],
];

it.each(caught)('the checker notices: %s', async (bug, words) => {
  const server = simulatedServer();
  for (let seed = 1; seed <= schedules; seed++) {
    const { complaints } = await runSchedule(server, seed, bug);
    if (complaints.some((complaint) => words.test(complaint))) return;
  }
  expect.unreachable(`${schedules} schedules did not show it`);
});

// What ended before the last reply of a login came is held against what stands in the end alone.
it('the checker notices, where replies are lost: put back unasked', async () => {
  const server = simulatedServer();
  for (let seed = 1; seed <= schedules; seed++) {
    if (!losesReplies(seed)) continue;
    const { complaints } = await runSchedule(server, seed, 'put back unasked');
    if (complaints.includes('resurrection: alive in the end')) return;
  }
  expect.unreachable(`${schedules} schedules did not show it`);
});

it.each([
  [null, 'ann', true],
  ['ann', 'ann', true],
  ['ann', 'bob', false],
] as const)(
  'the checker notices a login that outlives the end of its session: of %s, to %s',
  (from, to, noticed) => {
    const history = new History();
    const ended = history.begin('before', from);
    ended.killed = true;
    history.begin('after', to, ended);
    history.compare('after', {});
    expect(history.complaints).toEqual(noticed ? ['resurrection: alive in the end'] : []);
  },
);
