import assert from 'node:assert/strict';
import { collectingSink } from './collecting-sink.js';
import { type ContractCase, casesOf } from './contract-case.js';
import { settledAll } from './gate-cases.js';
import { keyed, keyless, repeatable, started } from './raw-commands.js';

/** Feeds whose connection is cut: they come back by themselves, and say that something may be missing. */
export const feedFaultCases: readonly ContractCase[] = [
  ...casesOf('feed', {
    'a cut is told as a gap once it is over: what is published then arrives': async (context) => {
      const driver = await context.driver();
      const channel = context.key('news');
      const published: Promise<unknown>[] = [];
      const sink = collectingSink(() => {
        published.push(context.setup.admin('PUBLISH', channel, 'at the gap'));
      });
      const feed = await driver.openFeed(sink);
      await feed.subscribe('channel', channel);
      await context.fault('cutConnections')();
      await context.eventually('the gap is told', () => sink.gaps.length > 0);
      await Promise.all(published);
      await context.eventually('the message arrives', () => sink.payloads(channel).length > 0);
      assert.deepEqual(sink.payloads(channel), ['at the gap']);
      assert.equal(sink.gaps.length, 1);
      const [gap] = sink.gaps;
      assert.ok(gap?.scope === 'all' || gap?.scope.includes(channel), JSON.stringify(gap));
      assert.notEqual(gap?.reason, '');
    },
    'every cut has its gap': async (context) => {
      const driver = await context.driver();
      const sink = collectingSink();
      const feed = await driver.openFeed(sink);
      await feed.subscribe('pattern', `${context.key('news')}*`);
      for (let cuts = 1; cuts <= 3; cuts++) {
        await context.fault('cutConnections')();
        await context.eventually(`gap ${cuts}`, () => sink.gaps.length === cuts);
      }
    },
    'subscribing while there is no connection resolves when it is live': async (context) => {
      const driver = await context.driver();
      const sink = collectingSink();
      const feed = await driver.openFeed(sink);
      await feed.subscribe('channel', context.key('old'));
      await context.fault('cutConnections')();
      const added = started(feed.subscribe('channel', context.key('new')));
      const ended = started(feed.unsubscribe('channel', context.key('old')));
      await context.eventually('both are through', settledAll([added, ended]));
      await Promise.all([added, ended]);
      await context.passing(driver.send(repeatable(keyed('PUBLISH', context.key('old'), 'late'))));
      await context.passing(driver.send(repeatable(keyed('PUBLISH', context.key('new'), 'mark'))));
      await context.eventually('the mark arrives', () => sink.payloads(context.key('new')).length > 0);
      assert.deepEqual(sink.payloads(context.key('old')), []);
    },
    'a thousand channels are back after a cut, under one gap': async (context) => {
      const driver = await context.driver();
      const sink = collectingSink();
      const feed = await driver.openFeed(sink);
      const channels = Array.from({ length: 1000 }, (_, i) => context.key(`news${i}`));
      await Promise.all(channels.map((channel) => feed.subscribe('channel', channel)));
      await context.fault('cutConnections')();
      await context.eventually('the gap is told', () => sink.gaps.length > 0);
      await context.passing(
        driver.batch(
          channels.map((channel) => repeatable(keyed('PUBLISH', channel, 'x'))),
          { deadlineMs: 10_000 },
        ),
      );
      await context.eventually('all arrive', () => sink.messages.length >= 1000, 2);
      assert.equal(new Set(sink.messages.map(({ channel }) => channel)).size, 1000);
      assert.equal(sink.gaps.length, 1);
    },
    'a feed without subscriptions tells no gap': async (context) => {
      const driver = await context.driver();
      const sink = collectingSink();
      const feed = await driver.openFeed(sink);
      await feed.subscribe('channel', context.key('news'));
      await feed.unsubscribe('channel', context.key('news'));
      await context.fault('cutConnections')();
      await context.passing(driver.send(repeatable(keyless('PING')), { deadlineMs: 10_000 }));
      await context.setup.advance(50);
      assert.deepEqual(sink.gaps, []);
    },
  }),
  ...casesOf(
    'feed',
    {
      'a shard channel follows its slot, with a gap': async (context) => {
        const driver = await context.driver();
        const sink = collectingSink();
        const feed = await driver.openFeed(sink);
        const channel = context.key('shard');
        await feed.subscribe('shard', channel);
        await feed.subscribe('channel', context.key('news'));
        const move = await context.fault('moveSlot')(channel);
        await move.finish();
        await context.eventually('the gap is told', () => sink.gaps.length > 0, 2);
        assert.deepEqual(sink.gaps[0]?.scope, [channel]);
        await driver.send(keyed('SPUBLISH', channel, 'after'), { deadlineMs: 10_000 });
        await context.eventually('the message arrives', () => sink.payloads(channel).length > 0);
        assert.deepEqual(sink.payloads(channel), ['after']);
      },
    },
    ['cluster'],
  ),
];
