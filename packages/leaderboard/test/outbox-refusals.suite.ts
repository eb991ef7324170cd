import { type Command, ConnectionError, type Driver } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { createLeaderboard, createOutboxRelay, type RefusedSubmit } from '../src/index.js';

/** A driver that loses the reply of the submit with this number, or refuses a command; `sees` hears of every submit. */
function failing(
  driver: Driver,
  { loses, refuses, sees }: { loses?: number; refuses?: string; sees?: (submit: number) => void },
): Driver {
  let submits = 0;
  const send: Driver['send'] = async <T>(command: Command<T>, options?: object): Promise<T> => {
    if (command.args[0] === refuses) throw new ConnectionError('refused', { sent: 'no' });
    const isSubmit = command.script?.name.startsWith('leaderboard/submit');
    if (isSubmit) submits++;
    if (isSubmit) sees?.(submits);
    const answer = await driver.send(command, options);
    if (isSubmit && submits === loses) throw new ConnectionError('lost', { sent: 'maybe' });
    return answer;
  };
  return { ...driver, clock: driver.clock, random: driver.random, send };
}

const tight = {
  name: 'tight',
  order: [{ points: 'desc', max: 10 }],
  boards: { all: { operator: 'set' }, world: { operator: 'sum', apart: true } },
} as const;

/** What boards apart do not take from the outbox, and who hears of it, on whatever the context runs on. */
export function outboxRefusalSuite(context: MatrixContext): void {
  it('what does not fit any more is told, and holds up nobody behind it', async () => {
    const driver = await context.driver();
    const apart = (operator: 'sum' | 'best') =>
      ({ all: { operator: 'sum' }, world: { operator, apart: true } }) as const;
    const before = createLeaderboard(driver, {
      name: 'changed',
      order: [{ points: 'desc', max: 100, decimals: 1 }],
      boards: apart('sum'),
    });
    for (const points of [5, 1.5, 50]) await before.submit('ann', { points });
    await before.submit('ann', { points: -6 });
    const other = createLeaderboard(driver, {
      name: 'changed',
      order: [{ points: 'desc', max: 10n }],
      boards: { all: {}, world: { apart: true } },
    });
    const turn = { holder: 'r', leaseMs: 5000, most: 100 };
    expect(await other.outbox.relay(turn)).toMatchObject({
      done: 4,
      left: 0,
      failures: [],
      refused: [{ reason: 'order' }, { reason: 'order' }, { reason: 'order' }],
    });
    expect((await other.board('world').rank('ann'))?.score.points).toBe(5n);
    await before.submit('ann', { points: -6 });
    await before.submit('ann', { points: 6 });
    const best = createLeaderboard(driver, {
      name: 'changed',
      order: [{ points: 'desc', max: 100, decimals: 1 }],
      boards: apart('best'),
    });
    expect(await best.outbox.relay(turn)).toMatchObject({ done: 2, refused: [{ reason: 'order' }] });
    expect((await best.board('world').rank('ann'))?.score.points).toBe(6);
    const wider = createLeaderboard(driver, {
      name: 'changed',
      order: [
        { points: 'desc', max: 100, decimals: 1 },
        { wins: 'desc', max: 9 },
      ],
      boards: { all: {}, world: { apart: true } },
    });
    await wider.submit('bob', { points: 3, wins: 2 });
    expect(await best.outbox.relay(turn)).toMatchObject({
      done: 1,
      refused: [{ member: 'bob', reason: 'order' }],
    });
    expect(await best.board('world').rank('bob')).toBeNull();
  });

  it('what a board does not take is told, and does not hold up the others', async () => {
    const driver = await context.driver();
    const scores = createLeaderboard(driver, tight);
    const refused: RefusedSubmit[] = [];
    const relay = createOutboxRelay(driver, scores, { onRefused: (each) => void refused.push(each) });
    for (const points of [6, 7, 4]) await scores.submit('ann', { points });
    expect(await relay.run()).toMatchObject({ done: 3, left: 0 });
    expect(refused.map(({ member, board, reason }) => [member, board, reason])).toEqual([
      ['ann', 'world', 'bounds'],
    ]);
    expect((await scores.board('world').rank('ann'))?.score.points).toBe(10);
    await relay.close();
  });

  it('one that cannot be told of a refusal keeps nobody else from being told', async () => {
    const driver = await context.driver();
    const scores = createLeaderboard(driver, tight);
    const told: string[] = [];
    const relay = createOutboxRelay(driver, scores, {
      onRefused({ member }) {
        told.push(member);
        if (told.length === 1) throw new Error('mine');
        if (told.length === 2) return new Promise(() => undefined);
        return Promise.reject(new Error('later'));
      },
    });
    for (const member of ['ann', 'bob', 'cat'])
      for (const points of [9, 9]) await scores.submit(member, { points });
    expect(await relay.run()).toMatchObject({ done: 6, left: 0 });
    expect(told).toEqual(['ann', 'bob', 'cat']);
    await relay.close();
  });

  /** A relay over a driver that fails, and whom it told. */
  function relayOver<O extends Parameters<typeof createLeaderboard>[1]>(driver: Driver, options: O) {
    const told: string[] = [];
    const relay = createOutboxRelay(driver, createLeaderboard(driver, options), {
      onRefused: ({ member, reason }) => void told.push(`${member} ${reason}`),
    });
    return { relay, told };
  }

  it('a refusal whose reply is lost is told by the next look', async () => {
    const driver = await context.driver();
    const scores = createLeaderboard(driver, tight);
    for (const points of [6, 7, 4]) await scores.submit('ann', { points });
    const { relay, told } = relayOver(failing(driver, { loses: 2 }), tight);
    expect(await relay.run()).toMatchObject({ done: 1, left: 2, failures: [{ sent: 'maybe' }] });
    expect(told).toEqual([]);
    expect(await relay.run()).toMatchObject({ done: 2, left: 0, failures: [] });
    expect(told).toEqual(['ann bounds']);
    expect((await scores.board('world').rank('ann'))?.score.points).toBe(10);
    await relay.close();
  });

  it('a refusal is told before its board gets the next submit: a relay that dies there has told it', async () => {
    const driver = await context.driver();
    const scores = createLeaderboard(driver, tight);
    for (const points of [6, 7, 4]) await scores.submit('ann', { points });
    const toldThen: number[] = [];
    const sees = () => void toldThen.push(told.length);
    const { relay, told } = relayOver(failing(driver, { sees }), tight);
    await relay.run();
    expect(toldThen).toEqual([0, 0, 1]);
    await relay.close();
  });

  it('a refusal is told though nothing can be taken out of the outbox, and not in every look again', async () => {
    const driver = await context.driver();
    const scores = createLeaderboard(driver, tight);
    for (const points of [6, 7]) await scores.submit('ann', { points });
    const lame = relayOver(failing(driver, { refuses: 'XDEL' }), tight);
    for (let look = 0; look < 3; look++)
      expect(await lame.relay.run()).toMatchObject({ done: 2, left: 2, failures: [{ message: 'refused' }] });
    expect(lame.told).toEqual(['ann bounds']);
    await lame.relay.close();
    // Another process cannot know whether it was told.
    const { relay, told } = relayOver(driver, tight);
    expect(await relay.run()).toMatchObject({ done: 2, left: 0, failures: [] });
    expect(told).toEqual(['ann bounds']);
    await relay.close();
    await scores.submit('ann', { points: 4 });
    expect(await relayOver(driver, tight).relay.run()).toMatchObject({ done: 1 });
    expect((await scores.board('world').rank('ann'))?.score.points).toBe(10);
  });

  context.where(context.column.memory, 'a day has to pass')(
    'that a period was closed is told by the next look, too, when the reply is lost',
    async () => {
      const driver = await context.driver();
      const options = {
        name: 'late',
        order: [{ points: 'desc', max: 1e6 }],
        boards: { all: {}, daily: { period: 'day', grace: '1h', apart: true } },
      } as const;
      await createLeaderboard(driver, options).submit('ann', { points: 5 });
      await context.advance(30 * 3_600_000);
      const { relay, told } = relayOver(failing(driver, { loses: 1 }), options);
      expect(await relay.run()).toMatchObject({ done: 0, failures: [{ sent: 'maybe' }] });
      expect(await relay.run()).toMatchObject({ done: 1, left: 0 });
      expect(told).toEqual(['ann closed']);
      await relay.close();
    },
  );

  context.where(context.column.memory, 'a day has to pass')(
    'a submit that is handed over after its period closed is told as closed',
    async () => {
      const driver = await context.driver();
      const scores = createLeaderboard(driver, {
        name: 'late',
        order: [{ points: 'desc', max: 1e6 }],
        boards: { all: {}, daily: { period: 'day', grace: '1h', apart: true } },
      });
      const refused: RefusedSubmit[] = [];
      const relay = createOutboxRelay(driver, scores, { onRefused: (each) => void refused.push(each) });
      await scores.submit('ann', { points: 5 });
      await context.advance(30 * 3_600_000);
      await scores.submit('bob', { points: 5 });
      expect(await relay.run()).toMatchObject({ done: 2, left: 0 });
      expect(refused.map(({ member, reason }) => [member, reason])).toEqual([['ann', 'closed']]);
      expect((await scores.board('daily').top()).rows.map(({ member }) => member)).toEqual(['bob']);
    },
  );
}
