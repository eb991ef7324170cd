import assert from 'node:assert/strict';
import type { Feed, FeedKind, PenknifeError } from '@penknife/core';
import { collectingSink } from './collecting-sink.js';
import { type ContractCase, casesOf } from './contract-case.js';
import type { ContractContext } from './contract-context.js';
import { noticed, withoutServer } from './gate-cases.js';
import { keyed, rejectsWith, repeatable, started } from './raw-commands.js';

/** On a cluster only a shard channel lives on a node that a case can name. */
function kindOf(context: ContractContext): FeedKind {
  return context.topology === 'cluster' ? 'shard' : 'channel';
}

/** Subscribes, however many deadlines pass meanwhile. */
async function subscribed(feed: Feed, kind: FeedKind, name: string): Promise<void> {
  for (;;) {
    const live = await feed.subscribe(kind, name).then(
      () => true,
      (error: PenknifeError) => {
        if (error.code !== 'CONNECTION') throw error;
        return false;
      },
    );
    if (live) return;
  }
}

/** How long the drivers of these cases wait for an acknowledgement. */
const deadlineMs = 80;

/** Calls of a feed end, whatever the server does, and a feed can be told that its connections are dead. */
export const feedBoundCases: readonly ContractCase[] = casesOf('feed', {
  'a subscription that cannot be had is given up at the deadline, and never comes alive': async (context) => {
    const driver = await context.driver();
    const hurried = await context.driver({ deadlineMs });
    const kind = kindOf(context);
    const publish = kind === 'shard' ? 'SPUBLISH' : 'PUBLISH';
    const [given, wanted] = [context.key('given up'), context.key('wanted')];
    const sink = collectingSink();
    await driver.send(keyed('DEL', given));
    await hurried.send(keyed('DEL', given), { deadlineMs: 5000 });
    const restart = await withoutServer(context, given);
    await noticed(context, driver, given);
    const feed = await hurried.openFeed(sink);
    const twice = [feed.subscribe(kind, given), feed.subscribe(kind, given)];
    const refused = twice.map((call) => rejectsWith(call, { kind: 'connection', sent: 'no' }));
    await context.passing(Promise.all(refused));
    await restart();
    await context.passing(subscribed(feed, kind, wanted));
    for (const channel of [given, wanted]) {
      await context.passing(driver.send(repeatable(keyed(publish, channel, 'x'))));
    }
    await context.eventually('the message arrives', () => sink.payloads(wanted).length > 0);
    assert.deepEqual(sink.payloads(given), []);
  },
  'a server that is silent: subscribe and unsubscribe end at the deadline, and it ends as asked': async (
    context,
  ) => {
    const driver = await context.driver({ deadlineMs });
    const kind = kindOf(context);
    const publish = kind === 'shard' ? 'SPUBLISH' : 'PUBLISH';
    const [left, stays, late] = [context.key('left'), context.key('stays'), context.key('late')];
    const sink = collectingSink();
    const feed = await driver.openFeed(sink);
    await driver.send(keyed('DEL', left), { deadlineMs: 5000 });
    await context.passing(Promise.all([left, stays].map((channel) => subscribed(feed, kind, channel))));
    await context.fault('pause')(left);
    context.atEnd(() => context.fault('resume')(left));
    const ending = rejectsWith(feed.unsubscribe(kind, left), { kind: 'connection', sent: 'maybe' });
    const coming = rejectsWith(feed.subscribe(kind, late), { kind: 'connection', sent: 'maybe' });
    await context.passing(Promise.all([ending, coming]));
    await context.fault('resume')(left);
    // In the order they were asked for: what is acknowledged now comes after both.
    await context.passing(subscribed(feed, kind, context.key('mark')));
    for (const channel of [left, late, stays]) {
      await context.passing(driver.send(repeatable(keyed(publish, channel, 'x')), { deadlineMs: 5000 }));
    }
    await context.eventually('the message arrives', () => sink.payloads(stays).length > 0);
    assert.deepEqual([sink.payloads(left), sink.payloads(late)], [[], []]);
  },
  'renewed, it opens another connection: everything is live again, after one gap each': async (context) => {
    const driver = await context.driver();
    const sink = collectingSink();
    const feed = await driver.openFeed(sink);
    const names = ['one', 'two', 'three'].map((name) => context.key(name));
    const [channel = '', pattern = '', shard = ''] = names;
    feed.renew('nothing is there yet');
    await feed.subscribe('channel', channel);
    await feed.subscribe('pattern', `${pattern}*`);
    await feed.subscribe('shard', shard);
    feed.renew('the heartbeat did not come');
    const told = (): string[] =>
      sink.gaps.flatMap(({ scope }) => (scope === 'all' ? [channel, `${pattern}*`, shard] : scope));
    await context.eventually('the gaps are told', () => told().length >= 3);
    assert.deepEqual(told().sort(), [channel, `${pattern}*`, shard].sort());
    assert.ok(
      sink.gaps.every(({ reason }) => reason === 'the heartbeat did not come'),
      JSON.stringify(sink.gaps),
    );
    await driver.send(keyed('PUBLISH', channel, 'a'));
    await driver.send(keyed('PUBLISH', `${pattern}s`, 'b'));
    await driver.send(keyed('SPUBLISH', shard, 'c'));
    await context.eventually('all arrive', () => sink.messages.length === 3);
    assert.deepEqual(sink.messages.map(({ payload }) => payload).sort(), ['a', 'b', 'c']);
  },
  'renewed while the server is silent, it is live once the server answers': async (context) => {
    const driver = await context.driver();
    const sink = collectingSink();
    const feed = await driver.openFeed(sink);
    const kind = kindOf(context);
    const [channel, added] = [context.key('news'), context.key('added')];
    await driver.send(keyed('DEL', channel));
    await feed.subscribe(kind, channel);
    await context.fault('pause')(channel);
    context.atEnd(() => context.fault('resume')(channel));
    const joining = started(feed.subscribe(kind, added));
    feed.renew('deaf');
    await context.setup.advance(5);
    await context.fault('resume')(channel);
    await context.passing(joining);
    await context.eventually('the gap is told', () => sink.gaps.length > 0, 2);
    const publish = kind === 'shard' ? 'SPUBLISH' : 'PUBLISH';
    await context.passing(driver.send(repeatable(keyed(publish, channel, 'x'))));
    await context.eventually('the message arrives', () => sink.payloads(channel).length > 0);
  },
});
