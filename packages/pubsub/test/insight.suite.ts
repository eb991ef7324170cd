import type { MatrixContext } from '@penknife/matrix';
import { createChaosDriver } from '@penknife/testing';
import { expect, it } from 'vitest';
import { createInsight, createPubSub, defineChannel } from '../src/index.js';
import { hearing, until } from './hearing.js';

const fire = defineChannel('room:{room}:fire');
const log = defineChannel('room:{room}:log', { delivery: 'log' });
const sharded = defineChannel('shard:{room}', { sharded: true });
const room = { room: 'a' };

/** Who listens where, over all processes, on whatever the context runs on. */
export function insightSuite(context: MatrixContext): void {
  const open = async (name: string, rateWindow: '1s' | '1m' = '1m') => {
    const chaos = createChaosDriver(await context.driver(), { seed: 1 });
    const pubsub = createPubSub(chaos.driver, { probe: false, positionCheck: false });
    const insight = await createInsight(pubsub, { name, rateWindow, limit: 2 });
    return { chaos, pubsub, insight };
  };

  it('every process tells who listens there, with rates, drops and the last gap', async () => {
    const [one, two] = [await open('one'), await open('two')];
    const heard = hearing();
    await one.pubsub.channel(log).subscribe(room, heard);
    await one.pubsub.channel(log).subscribe(room, hearing());
    await one.pubsub.channel(sharded).subscribe(room, hearing());
    const stuck = await two.pubsub
      .channel(fire)
      .subscribe(room, () => new Promise(() => undefined), { queueLimit: 1 });
    await two.pubsub.channel(fire).subscribePattern({}, hearing());
    for (let i = 0; i < 5; i++) await two.pubsub.channel(fire).publish(room, i);
    await until(context, 'some are dropped', () => stuck.dropped === 3);
    one.chaos.disconnect();
    const { position } = await two.pubsub.channel(log).publish(room, 'missed');
    await until(context, 'it is missed', () => one.chaos.missed >= 1);
    one.chaos.reconnect();
    await until(context, 'it is recovered', () => heard.gaps.length > 0);

    const survey = await two.insight.survey({ deadlineMs: 5000 });
    expect([survey.missing, survey.nodes.map(({ name }) => name)]).toEqual([0, ['one', 'two']]);
    const [first, second] = survey.nodes;
    expect([first?.origin, second?.origin]).toEqual([one.pubsub.origin, two.pubsub.origin]);
    expect(
      first?.channels.map(({ template, live }) => [template, live.map(({ channel }) => channel)]),
    ).toEqual([
      ['room:{room}:log', ['room:a:log']],
      ['shard:{room}', ['shard:a']],
    ]);
    expect(first?.channels[0]).toMatchObject({
      delivery: 'log',
      gaps: 1,
      live: [{ listeners: 2, position, lastGap: { recovered: true, missed: 1, reason: 'interrupted' } }],
      unlisted: 0,
    });
    const published = second?.channels[0];
    expect(published).toMatchObject({ template: 'room:{room}:fire', published: 5, dropped: 3 });
    expect(published?.live.map(({ channel }) => channel)).toEqual(['room:a:fire', 'room:*:fire']);
    expect(published?.rates.dropped).toBeGreaterThan(0);
    expect((published?.rates.published ?? 0) / (published?.rates.dropped ?? 1)).toBeCloseTo(5 / 3);
    await Promise.all([one.insight.close(), two.insight.close()]);
  });

  it('one channel can be asked for, and what is not listed is counted', async () => {
    const [one, two] = [await open('one'), await open('two')];
    for (const name of ['a', 'b', 'c']) await one.pubsub.channel(fire).subscribe({ room: name }, hearing());
    await two.pubsub.channel(fire).subscribe({ room: 'c' }, hearing());
    const asked = await two.insight.survey({ channel: 'room:c:fire', deadlineMs: 5000 });
    expect(asked.nodes.map(({ channels }) => channels.map(({ live }) => live.length))).toEqual([[1], [1]]);
    const all = await two.insight.survey({ template: fire.template.text, deadlineMs: 5000 });
    expect(all.nodes.map(({ channels: [channel] }) => [channel?.live.length, channel?.unlisted])).toEqual([
      [2, 1],
      [1, 0],
    ]);
    await two.insight.close();
    expect((await one.insight.survey({ deadlineMs: 5000 })).nodes.map(({ name }) => name)).toEqual(['one']);
    await one.insight.close();
  });

  context.where(context.column.memory, 'rates are over seconds')(
    'rates are those of the last while, not of all time',
    async () => {
      const { pubsub, insight } = await open('one', '1s');
      for (let i = 0; i < 30; i++) await pubsub.channel(fire).publish(room, i);
      await context.advance(500);
      const rate = async () => (await insight.survey()).nodes[0]?.channels[0]?.rates.published;
      expect(await rate()).toBeCloseTo(60);
      await context.advance(500);
      expect(await rate()).toBeCloseTo(30);
      await context.advance(1000);
      expect(await rate()).toBe(0);
      await insight.close();
    },
  );

  it('refuses bad input by name', async () => {
    const pubsub = createPubSub(await context.driver());
    for (const [argument, options] of [
      ['name', { name: '' }],
      ['limit', { limit: 0 }],
      ['rateWindow', { rateWindow: 10 }],
    ] as const) {
      await expect(createInsight(pubsub, options)).rejects.toMatchObject({ argument });
    }
  });
}
