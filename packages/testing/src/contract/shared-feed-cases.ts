import assert from 'node:assert/strict';
import { type FeedListener, sharedFeed } from '@penknife/core';
import { type ContractCase, casesOf } from './contract-case.js';
import type { ContractContext } from './contract-context.js';
import { keyed, rejectsWith } from './raw-commands.js';
import { reportedErrors } from './reported-errors.js';
import { limited } from './traits-cases.js';

/** A listener that keeps what it hears. */
function listener(): FeedListener & { readonly heard: string[]; readonly gaps: string[] } {
  const heard: string[] = [];
  const gaps: string[] = [];
  return {
    heard,
    gaps,
    message: (payload) => void heard.push(Buffer.from(payload).toString()),
    gap: (reason) => void gaps.push(reason),
  };
}

async function subscribersOf(context: ContractContext, channel: string): Promise<number> {
  const reply = await context.setup.admin('PUBSUB', 'NUMSUB', channel);
  return Number((reply as unknown[])[1]);
}

/** The one feed that all listeners of a driver share. */
export const sharedFeedCases: readonly ContractCase[] = casesOf('shared feed', {
  'all listeners of a channel hear it, over one subscription': async (context) => {
    const driver = await context.driver();
    const [channel, left, right] = [context.key('news'), listener(), listener()];
    await Promise.all([left, right].map((each) => sharedFeed(driver).listen('channel', channel, each)));
    await driver.send(keyed('PUBLISH', channel, 'x'));
    await context.eventually('both hear it', () => left.heard.length > 0 && right.heard.length > 0);
    assert.deepEqual([left.heard, right.heard], [['x'], ['x']]);
    assert.equal(sharedFeed(driver), sharedFeed(driver));
  },
  'listeners that leave together all leave well': async (context) => {
    const driver = await context.driver();
    const feed = sharedFeed(driver);
    const joined = await Promise.all(
      ['one', 'two', 'two'].map((name) => feed.listen('channel', context.key(name), listener())),
    );
    let left = 0;
    const leaving = joined.map(async (subscription) => {
      await subscription.close();
      left++;
    });
    await context.eventually('all have left', () => left === joined.length);
    await Promise.all(leaving);
  },
  'a listener that throws or rejects harms neither neighbours nor later messages, and is reported': async (
    context,
  ) => {
    const driver = await context.driver();
    const reported = reportedErrors(context);
    const [channel, good, tries] = [context.key('news'), listener(), { thrown: 0, rejected: 0 }];
    const feed = sharedFeed(driver);
    await feed.listen('channel', channel, {
      message() {
        tries.thrown++;
        throw new Error('thrown');
      },
    });
    await feed.listen('channel', channel, {
      async message() {
        tries.rejected++;
        throw new Error('rejected');
      },
    });
    await feed.listen('channel', channel, good);
    for (const text of ['a', 'b', 'c']) await driver.send(keyed('PUBLISH', channel, text));
    await context.eventually(
      'all hear all',
      () => good.heard.length === 3 && tries.thrown === 3 && tries.rejected === 3,
    );
    assert.deepEqual(good.heard, ['a', 'b', 'c']);
    await context.eventually('all is reported', () => reported.length === 6);
  },
  'a subscription that is not taken again after a cut is told as a gap, and the next to listen revives it':
    async (context) => {
      const reported = reportedErrors(context);
      const channel = context.key('news');
      const driver = await limited(context, '+@all');
      const feed = sharedFeed(driver);
      const [early, late] = [listener(), listener()];
      await feed.listen('channel', channel, early);
      await context.setup.admin('ACL', 'SETUSER', 'limited', 'resetchannels');
      await context.fault('cutConnections')();
      await context.eventually('it is told', () => early.gaps.length > 0);
      assert.match(early.gaps[0] as string, /^the subscription ended: /);
      assert.equal((reported.at(-1) as { code: string }).code, 'NOPERM');
      await rejectsWith(context.passing(feed.listen('channel', channel, late)), {
        kind: 'server',
        code: 'NOPERM',
      });
      await context.setup.admin('ACL', 'SETUSER', 'limited', '&*');
      await context.passing(feed.listen('channel', channel, late));
      await driver.send(keyed('PUBLISH', channel, 'x'));
      await context.eventually('both hear it', () => early.heard.length + late.heard.length === 2);
    },
  'who listens while the connection is cut is told that it is live when it is': async (context) => {
    const driver = await context.driver();
    const [channel, early, late] = [context.key('news'), listener(), listener()];
    const feed = sharedFeed(driver);
    await feed.listen('channel', channel, early);
    feed.renew('planned');
    await context.passing(feed.listen('channel', channel, late));
    // No look in between: whoever was told that it is live hears what is published next.
    await context.passing(driver.send({ ...keyed('PUBLISH', channel, 'x'), repeatable: true }));
    await context.eventually('it is heard', () => late.heard.length > 0);
    assert.deepEqual(late.heard, ['x']);
  },
  'what is no channel and no listener is refused by name, and harms nobody': async (context) => {
    const driver = await context.driver();
    const feed = sharedFeed(driver);
    const good = feed.listen('channel', '5', listener());
    await rejectsWith(feed.listen('channel', 5 as never, listener()), {
      kind: 'invalid-argument',
      says: /name must be a string/,
    });
    await rejectsWith(feed.listen('channel', 'x', { message: () => undefined, gap: 5 as never }), {
      kind: 'invalid-argument',
      says: /listener.gap must be a function; given: 5/,
    });
    await (await good).close();
  },
  'a listener that is slow gets one message at a time, in order, and holds nobody up': async (context) => {
    const driver = await context.driver();
    const [channel, quick, started, releases] = [
      context.key('news'),
      listener(),
      [] as string[],
      [] as (() => void)[],
    ];
    const feed = sharedFeed(driver);
    await feed.listen('channel', channel, {
      message(payload) {
        started.push(Buffer.from(payload).toString());
        return new Promise((resolve) => releases.push(resolve));
      },
    });
    await feed.listen('channel', channel, quick);
    for (const text of ['a', 'b', 'c']) await driver.send(keyed('PUBLISH', channel, text));
    await context.eventually('the quick one has all', () => quick.heard.length === 3);
    assert.deepEqual(started, ['a']);
    for (const expected of [2, 3]) {
      releases.shift()?.();
      await context.eventually('the next one starts', () => started.length === expected);
    }
    assert.deepEqual(started, ['a', 'b', 'c']);
  },
  'a full queue drops the oldest, counts, and tells a gap before the next message': async (context) => {
    const driver = await context.driver();
    const [channel, quick, told] = [context.key('news'), listener(), [] as string[]];
    let release: () => void = () => undefined;
    const feed = sharedFeed(driver);
    const slow = await feed.listen(
      'channel',
      channel,
      {
        message(payload) {
          told.push(Buffer.from(payload).toString());
          if (told.length > 1) return;
          return new Promise<void>((resolve) => {
            release = resolve;
          });
        },
        gap: () => void told.push('gap'),
      },
      { queueLimit: 2 },
    );
    await feed.listen('channel', channel, quick);
    for (const text of ['a', 'b', 'c', 'd', 'e']) await driver.send(keyed('PUBLISH', channel, text));
    await context.eventually('all were published', () => quick.heard.length === 5);
    assert.equal(slow.dropped, 2);
    release();
    await context.eventually('the rest arrives', () => told.at(-1) === 'e');
    assert.deepEqual(told, ['a', 'gap', 'd', 'e']);
  },
  'the last listener of a channel ends its subscription, the last of all the connection': async (context) => {
    const driver = await context.driver();
    const [channel, other] = [context.key('news'), context.key('other')];
    const feed = sharedFeed(driver);
    const stays = listener();
    const [left, right, third] = [
      await feed.listen('channel', channel, listener()),
      await feed.listen('channel', channel, stays),
      await feed.listen('channel', other, listener()),
    ];
    await left.close();
    await driver.send(keyed('PUBLISH', channel, 'x'));
    // Between the nodes of a cluster it takes its time, and would else reach who listens next.
    await context.eventually('who stays hears it', () => stays.heard.length === 1);
    await Promise.all([right.close(), right.close()]);
    await context.eventually(
      'nobody is subscribed',
      async () => (await subscribersOf(context, channel)) === 0,
    );
    await third.close();
    const again = listener();
    await feed.listen('channel', channel, again);
    await driver.send(keyed('PUBLISH', channel, 'again'));
    await context.eventually('it is heard', () => again.heard.length > 0);
    assert.deepEqual(again.heard, ['again']);
  },
  'a listener that left hears nothing more, and one that comes at that moment hears all': async (context) => {
    const driver = await context.driver();
    const channel = context.key('news');
    const feed = sharedFeed(driver);
    for (let round = 0; round < 5; round++) {
      const [leaves, comes] = [listener(), listener()];
      const first = await feed.listen('channel', channel, leaves);
      const [second] = await Promise.all([feed.listen('channel', channel, comes), first.close()]);
      await driver.send(keyed('PUBLISH', channel, `round ${round}`));
      await context.eventually('it is heard', () => comes.heard.includes(`round ${round}`));
      // What was published a round ago may come late on a cluster: a new subscription may be at another node.
      const ofThisRound = comes.heard.filter((text) => text === `round ${round}`);
      assert.deepEqual([ofThisRound.length, leaves.heard.includes(`round ${round}`)], [1, false]);
      const third = listener();
      const leaving = second.close();
      const stays = await feed.listen('channel', channel, third);
      await leaving;
      await driver.send(keyed('PUBLISH', channel, `third ${round}`));
      await context.eventually('it is heard', () => third.heard.includes(`third ${round}`));
      await stays.close();
    }
  },
  'after a cut every listener hears of the gap': async (context) => {
    const driver = await context.driver();
    const [left, right] = [listener(), listener()];
    await sharedFeed(driver).listen('channel', context.key('left'), left);
    await sharedFeed(driver).listen('pattern', `${context.key('right')}*`, right);
    await context.fault('cutConnections')();
    await context.eventually('both hear of it', () => left.gaps.length > 0 && right.gaps.length > 0);
    assert.deepEqual([left.gaps.length, right.gaps.length], [1, 1]);
  },
  'renewed by one listener, all hear of the gap and then go on': async (context) => {
    const driver = await context.driver();
    const [left, right] = [listener(), listener()];
    const feed = sharedFeed(driver);
    feed.renew('nobody listens yet');
    await feed.listen('channel', context.key('left'), left);
    await feed.listen('pattern', `${context.key('right')}*`, right);
    feed.renew('deaf');
    await context.eventually('both hear of it', () => left.gaps.length > 0 && right.gaps.length > 0);
    assert.deepEqual([left.gaps, right.gaps], [['deaf'], ['deaf']]);
    await driver.send(keyed('PUBLISH', context.key('left'), 'x'));
    await driver.send(keyed('PUBLISH', context.key('right'), 'y'));
    await context.eventually('both go on', () => left.heard.length > 0 && right.heard.length > 0);
    assert.deepEqual([left.heard, right.heard], [['x'], ['y']]);
  },
});
