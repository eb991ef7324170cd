import assert from 'node:assert/strict';
import type { Driver, Feed, FeedSink } from '@penknife/core';
import { collectingSink } from './collecting-sink.js';
import { type ContractCase, casesOf } from './contract-case.js';
import type { ContractContext } from './contract-context.js';
import { settledAll } from './gate-cases.js';
import { keyed, keyless, rejectsWith, started } from './raw-commands.js';
import { reportedErrors } from './reported-errors.js';
import { limited } from './traits-cases.js';

async function opened(
  context: ContractContext,
  sink: FeedSink = collectingSink(),
): Promise<{ driver: Driver; feed: Feed }> {
  const driver = await context.driver();
  const feed = await driver.openFeed(sink);
  context.atEnd(() => feed.close());
  return { driver, feed };
}

const everyByte = Uint8Array.from({ length: 256 }, (_, i) => i);

/**
 * Subscriptions: what was acknowledged is live, in order, and unharmed by whoever listens. Messages are published with the
 * channel as routing key: on a cluster only what enters through one node keeps its order.
 */
export const feedCases: readonly ContractCase[] = casesOf('feed', {
  'a message published right after subscribe resolved arrives': async (context) => {
    const sink = collectingSink();
    const { driver, feed } = await opened(context, sink);
    for (let i = 0; i < 20; i++) {
      const channel = context.key(`news${i}`);
      await feed.subscribe('channel', channel);
      await driver.send(keyed('PUBLISH', channel, 'first'));
      await context.eventually('it arrives', () => sink.payloads(channel).length > 0);
      assert.deepEqual(sink.payloads(channel), ['first']);
    }
  },
  'messages keep their order': async (context) => {
    const sink = collectingSink();
    const { driver, feed } = await opened(context, sink);
    const channel = context.key('news');
    await feed.subscribe('channel', channel);
    const sent = Array.from({ length: 500 }, (_, i) => String(i));
    for (const payload of sent) void (await driver.send(keyed('PUBLISH', channel, payload)));
    await context.eventually('all arrive', () => sink.messages.length >= sent.length);
    assert.deepEqual(sink.payloads(channel), sent);
  },
  'a pattern’s messages name the pattern, and a name may be subscribed both ways': async (context) => {
    const sink = collectingSink();
    const { driver, feed } = await opened(context, sink);
    const [channel, pattern] = [context.key('news'), `${context.key('new')}*`];
    await feed.subscribe('pattern', pattern);
    await feed.subscribe('channel', channel);
    await driver.send(keyed('PUBLISH', channel, 'both'));
    await driver.send(keyed('PUBLISH', `${channel}2`, 'one'));
    await context.eventually('all arrive', () => sink.messages.length >= 3);
    const byText = (a: unknown, b: unknown): number => JSON.stringify(a).localeCompare(JSON.stringify(b));
    assert.deepEqual(
      [...sink.messages].sort(byText),
      [
        { kind: 'channel', channel, payload: 'both' },
        { kind: 'pattern', channel, payload: 'both', pattern },
        { kind: 'pattern', channel: `${channel}2`, payload: 'one', pattern },
      ].sort(byText),
    );
  },
  'payloads are bytes, valid text or not': async (context) => {
    const sink = collectingSink();
    const { driver, feed } = await opened(context, sink);
    const channel = context.key('news');
    await feed.subscribe('channel', channel);
    await driver.send(keyed('PUBLISH', channel, everyByte));
    await driver.send(keyed('PUBLISH', channel, Uint8Array.of(0xff, 0xfe, 0xc3)));
    await driver.send(keyed('PUBLISH', channel, ''));
    await context.eventually('all arrive', () => sink.messages.length >= 3);
    assert.deepEqual(sink.payloads(channel), [Buffer.from(everyByte).toString('latin1'), '\xff\xfe\xc3', '']);
  },
  'a channel’s name may be any text': async (context) => {
    const sink = collectingSink();
    const { driver, feed } = await opened(context, sink);
    for (const channel of ['*', 'a b', 'ä漢👩‍👩‍👧', '[x]'].map((name) => context.key(name))) {
      await feed.subscribe('channel', channel);
      await driver.send(keyed('PUBLISH', channel, 'x'));
      await context.eventually(`${channel} arrives`, () => sink.payloads(channel).length === 1);
    }
    await rejectsWith(feed.subscribe('channel', ''), {
      kind: 'invalid-argument',
      says: /^name must be a string that is not empty; given: ""$/,
    });
  },
  'what is no kind of subscription, and what is no sink, is refused': async (context) => {
    const { driver, feed } = await opened(context);
    for (const kind of [undefined, 'channels', 5] as never[]) {
      const refusal = {
        kind: 'invalid-argument',
        says: /^kind must be 'channel', 'pattern' or 'shard'/,
      } as const;
      await rejectsWith(feed.subscribe(kind, context.key('news')), refusal);
      await rejectsWith(feed.unsubscribe(kind, context.key('news')), refusal);
    }
    const sink = undefined as never;
    await rejectsWith(driver.openFeed(sink), {
      kind: 'invalid-argument',
      says: /^sink must be an object; given: undefined$/,
    });
  },
  'a sink that rejects, for a message or a gap, ends nobody and is reported': async (context) => {
    const reported = reportedErrors(context);
    const seen: string[] = [];
    const planted = async (what: string): Promise<void> => {
      seen.push(what);
      throw new Error(what);
    };
    const sink = {
      ...collectingSink(),
      message: () => planted('message'),
      gap: () => planted('gap'),
    };
    const { driver, feed } = await opened(context, sink);
    const channel = context.key('news');
    await feed.subscribe('channel', channel);
    feed.renew('to hear a gap');
    await context.eventually('the gap is told', () => seen.includes('gap'));
    await driver.send(keyed('PUBLISH', channel, 'x'));
    await context.eventually('both are reported', () => reported.length >= 2);
    assert.deepEqual(seen, ['gap', 'message']);
  },
  'a sink that throws misses nothing that follows': async (context) => {
    const seen: string[] = [];
    const sink = {
      ...collectingSink(),
      message(_kind: string, _channel: string, payload: Uint8Array): void {
        seen.push(Buffer.from(payload).toString());
        throw new Error('planted');
      },
    };
    const driver = await context.driver();
    const feed = await driver.openFeed(sink);
    const channel = context.key('news');
    await feed.subscribe('channel', channel);
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map((text) => driver.send(keyed('PUBLISH', channel, text))));
    await context.eventually('all arrive', () => seen.length >= 5);
    // Sorted: calls that begin while a driver connects may overtake one another.
    assert.deepEqual(seen.sort(), ['a', 'b', 'c', 'd', 'e']);
    assert.equal(await driver.send(keyless('PING')), 'PONG');
  },
  'after unsubscribe resolved nothing more arrives': async (context) => {
    const sink = collectingSink();
    const { driver, feed } = await opened(context, sink);
    const [left, stays] = [context.key('left'), context.key('stays')];
    await feed.subscribe('channel', left);
    await feed.subscribe('channel', stays);
    await feed.unsubscribe('channel', left);
    await driver.send(keyed('PUBLISH', left, 'late'));
    await driver.send(keyed('PUBLISH', stays, 'mark'));
    await context.eventually('the mark arrives', () => sink.payloads(stays).length > 0);
    assert.deepEqual(sink.payloads(left), []);
    await feed.unsubscribe('channel', 'never subscribed');
  },
  'unsubscribing and subscribing in quick turns ends as the last call says': async (context) => {
    const sink = collectingSink();
    const { driver, feed } = await opened(context, sink);
    const [on, off] = [context.key('on'), context.key('off')];
    const calls: Promise<void>[] = [];
    for (let i = 0; i < 10; i++) {
      calls.push(feed.unsubscribe('channel', on), feed.subscribe('channel', on));
      calls.push(feed.subscribe('channel', off), feed.unsubscribe('channel', off));
    }
    await Promise.all(calls);
    await driver.send(keyed('PUBLISH', off, 'late'));
    await driver.send(keyed('PUBLISH', on, 'mark'));
    await context.eventually('the mark arrives', () => sink.payloads(on).length > 0);
    assert.deepEqual(sink.payloads(on), ['mark']);
    assert.deepEqual(sink.payloads(off), []);
  },
  'subscriptions that follow one another at any distance all come through': async (context) => {
    const { feed } = await opened(context, collectingSink());
    for (let ticks = 0; ticks < 40; ticks++) {
      const call = started(feed.subscribe('channel', context.key(`tick${ticks}`)));
      await context.eventually(`the one after ${ticks} ticks`, settledAll([call]), 0.2);
      await call;
      for (let tick = 0; tick < ticks; tick++) await null;
    }
    for (let ticks = 0; ticks < 40; ticks++) {
      await feed.subscribe('channel', context.key('again'));
      for (let tick = 0; tick < ticks; tick++) await null;
      const call = started(feed.unsubscribe('channel', context.key('again')));
      await context.eventually(`the end after ${ticks} ticks`, settledAll([call]), 0.2);
    }
  },
  'a shard channel is a subscription like any other': async (context) => {
    const sink = collectingSink();
    const { driver, feed } = await opened(context, sink);
    const channels = Array.from({ length: 12 }, (_, i) => context.key('shard', `slot${i}`));
    await Promise.all(channels.map((channel) => feed.subscribe('shard', channel)));
    await Promise.all(channels.map((channel) => driver.send(keyed('SPUBLISH', channel, `to ${channel}`))));
    await context.eventually('all arrive', () => sink.messages.length >= channels.length);
    for (const channel of channels) assert.deepEqual(sink.payloads(channel), [`to ${channel}`]);
    assert.ok(sink.messages.every(({ kind }) => kind === 'shard'));
    const [first = ''] = channels;
    await feed.unsubscribe('shard', first);
    await driver.send(keyed('SPUBLISH', first, 'late'));
    await driver.send(keyed('SPUBLISH', channels[1] as string, 'mark'));
    await context.eventually('the mark arrives', () => sink.payloads(channels[1] as string).length === 2);
    assert.equal(sink.payloads(first).length, 1);
  },
  'of many that are asked for at once those that are refused reject, and the others live': async (
    context,
  ) => {
    const allowed = context.key('allowed');
    const driver = await limited(context, '+@all', 'resetchannels', `&${allowed}*`);
    const sink = collectingSink();
    const feed = await driver.openFeed(sink);
    context.atEnd(() => feed.close());
    const names = Array.from({ length: 20 }, (_, i) =>
      i === 7 ? context.key('forbidden') : `${allowed}${i}`,
    );
    const outcomes = await Promise.allSettled(names.map((name) => feed.subscribe('channel', name)));
    assert.deepEqual(
      outcomes.flatMap(({ status }, i) => (status === 'rejected' ? [i] : [])),
      [7],
    );
    await rejectsWith(feed.subscribe('channel', names[7] as string), { kind: 'server', code: 'NOPERM' });
    const heard = names.filter((_, i) => i !== 7);
    await driver.batch(heard.map((name) => keyed('PUBLISH', name, 'x')));
    await context.eventually('all arrive', () => sink.messages.length >= heard.length);
    assert.deepEqual(new Set(sink.messages.map(({ channel }) => channel)), new Set(heard));
  },
  'closing it ends every delivery, and later calls reject': async (context) => {
    const sink = collectingSink();
    const { driver, feed } = await opened(context, sink);
    const channel = context.key('news');
    await feed.subscribe('channel', channel);
    const publishing = started(
      driver.batch(Array.from({ length: 200 }, (_, i) => keyed('PUBLISH', channel, i))),
    );
    await Promise.all([feed.close(), feed.close()]);
    const count = sink.messages.length;
    await publishing;
    await driver.send(keyed('PUBLISH', channel, 'late'));
    await context.setup.advance(5);
    assert.equal(sink.messages.length, count);
    await rejectsWith(feed.subscribe('channel', channel), { kind: 'closed' });
    await rejectsWith(feed.unsubscribe('channel', channel), { kind: 'closed' });
  },
});
