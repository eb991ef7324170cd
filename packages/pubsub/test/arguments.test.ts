import { bytesCodec } from '@penknife/core';
import { createMemoryDriver } from '@penknife/driver-memory';
import { countingDriver } from '@penknife/testing';
import { ClusterAdapter } from 'socket.io-adapter';
import { afterAll, describe, expect, it } from 'vitest';
import {
  createCoalescedPublisher,
  createInsight,
  createInvalidationBus,
  createPresence,
  createPubSub,
  createRequests,
  defineChannel,
  defineRequest,
  defineState,
} from '../src/index.js';
import { createSocketIoAdapter } from '../src/socket-io.js';
import { createEventStream } from '../src/sse.js';
import { createSocketBridge } from '../src/ws.js';

/** As somebody calls it whom no types tell. */
type Untyped = (...args: unknown[]) => unknown;

const inner = createMemoryDriver();
const { driver, sent } = countingDriver(inner);
const pubsub = createPubSub(driver);
const room = { room: '7' };
const fire = pubsub.channel(defineChannel('room:{room}:fire'));
const log = pubsub.channel(defineChannel('room:{room}:log', { delivery: 'log' }));
const latest = pubsub.channel(defineChannel('room:{room}:latest', { delivery: 'latest' }));
const seats = pubsub.state(defineState('room:{room}:seats'));
const presence = createPresence(pubsub);
const load = createRequests(pubsub, defineRequest('cluster:{cluster}:load'));
const eu = { cluster: 'eu' };
const bus = createInvalidationBus(pubsub, 'products');
const coalesced = createCoalescedPublisher(pubsub, latest);
const stream = createEventStream(pubsub, fire.definition);
const bridge = createSocketBridge(pubsub, { channels: [fire.definition], allow: () => true });
afterAll(async () => {
  await Promise.all([bridge.close(), coalesced.close(), load.close(), presence.close()]);
  await pubsub.close();
  await inner.close();
});

const hear = (): void => undefined;
const shared = [null, 7, 'x'];
const wrongCalls = [...shared, { signal: 1 }, { deadlineMs: 0 }, { deadlineMs: '5s' }];
const wrongParams = [undefined, null, 7, {}, { room: '' }, { room: 7 }, { ...room, other: 'x' }];
const wrongQueues = [{ queueLimit: 0 }, { overflow: 'spill' }, { echo: 'no' }, { key: hear }];
const request = new Request('http://localhost/');

/** What is called, and with which arguments: each is wrong. */
const calls: readonly (readonly [name: string, call: Untyped, wrong: readonly (readonly unknown[])[]])[] = [
  [
    'createPubSub',
    createPubSub as Untyped,
    [
      ...[undefined, null, 7, {}].map((driver) => [driver]),
      ...shared.map((options) => [driver, options]),
      ...[
        { namespace: '{x}' },
        { deadlineMs: 0 },
        { probe: 1 },
        { positionCheck: 'soon' },
        { recovery: 7 },
        { recovery: { pageSize: 0 } },
      ].map((options) => [driver, options]),
    ],
  ],
  ['channel', pubsub.channel as Untyped, [[undefined], [null], [7], [{}], ['room:{room}']]],
  ['state', pubsub.state as Untyped, [[undefined], [null], [7], [{}], [fire.definition]]],
  ...(
    [
      ['defineChannel', defineChannel],
      ['defineState', defineState],
      ['defineRequest', defineRequest],
    ] as const
  ).map(
    ([name, define]) =>
      [
        name,
        define as Untyped,
        [
          ...[undefined, null, 7, '', 'a b', '{a}{b}', 'x:{a}:{a}'].map((template) => [template]),
          ...shared.map((options) => ['a:{b}', options]),
          ['a:{b}', { sharded: 'yes' }],
        ],
      ] as const,
  ),
  [
    'defineChannel, options',
    (options) => defineChannel('a:{b}', options as never),
    [
      { codec: null },
      { codec: { id: 'x', encode: hear } },
      { schema: {} },
      { delivery: 'exactly-once' },
      { delivery: 'log', history: 7 },
      { delivery: 'log', history: { size: 0 } },
      { history: {} },
      { retain: '1d' },
    ].map((options) => [options]),
  ],
  ...([fire, log, latest] as const).map(
    (channel) =>
      [
        `publish, ${channel.definition.delivery}`,
        channel.publish as Untyped,
        [
          ...wrongParams.map((params) => [params, 1]),
          ...wrongCalls.map((call) => [room, 1, call]),
          [room, 1, { version: 0 }],
          [room, 1, { once: '' }],
        ],
      ] as const,
  ),
  ...(['subscribe', 'subscribePattern'] as const).map(
    (act) =>
      [
        act,
        fire[act] as Untyped,
        [
          ...(act === 'subscribe' ? wrongParams : [undefined, null, 7, { other: 'x' }, { room: 7 }]).map(
            (params) => [params, hear],
          ),
          ...[undefined, null, 7, {}, { message: 7 }, { message: hear, gap: 7 }].map((each) => [room, each]),
          ...[...wrongCalls, ...wrongQueues, { since: 'oldest' }].map((options) => [room, hear, options]),
        ],
      ] as const,
  ),
  [
    'subscribe, since',
    (since) => log.subscribe(room, hear, { since: since as never }),
    [null, 7, 'newest', {}, { epoch: 'a b', offset: 1 }, { epoch: 'e', offset: 0.5 }].map((each) => [each]),
  ],
  ...(['events', 'patternEvents'] as const).map(
    (act) =>
      [
        act,
        async (params: unknown, options: unknown) =>
          (fire[act] as (params: unknown, options: unknown) => ReturnType<typeof fire.events>)(
            params,
            options,
          ).next(),
        [
          ...[undefined, null, 7, { other: 'x' }].map((params) => [params]),
          ...[...wrongCalls, ...wrongQueues].map((options) => [room, options]),
        ],
      ] as const,
  ),
  [
    'state.set',
    seats.set as Untyped,
    [
      ...wrongParams.map((params) => [params, 'k', 1]),
      ...[undefined, null, 7, '', 'x'.repeat(1001)].map((key) => [room, key, 1]),
      ...[...wrongCalls, { expect: 'present' }, { expect: null }].map((options) => [room, 'k', 1, options]),
    ],
  ],
  [
    'state.remove',
    seats.remove as Untyped,
    [
      ...wrongParams.map((params) => [params, 'k']),
      [room, undefined],
      ...wrongCalls.map((call) => [room, 'k', call]),
    ],
  ],
  ['state.get', seats.get as Untyped, [...wrongParams.map((params) => [params, 'k']), [room, 7]]],
  ['state.read', seats.read as Untyped, wrongParams.map((params) => [params])],
  [
    'state.watch',
    seats.watch as Untyped,
    [
      ...wrongParams.map((params) => [params, { snapshot: hear, change: hear }]),
      ...[undefined, null, {}, { snapshot: hear }].map((listener) => [room, listener]),
      ...wrongCalls.map((call) => [room, { snapshot: hear, change: hear }, call]),
    ],
  ],
  [
    'createPresence',
    createPresence as Untyped,
    [
      [undefined],
      [{}],
      ...[...shared, { lease: 1 }, { grace: -1 }, { limit: 0 }].map((options) => [pubsub, options]),
    ],
  ],
  [
    'presence.join',
    presence.join as Untyped,
    [undefined, null, 7, '', 'x'.repeat(161)].flatMap((each) => [
      [each, 'ada'],
      ['room', each],
    ]),
  ],
  ['presence.who', presence.who as Untyped, [[undefined], [7], ['']]],
  [
    'presence.watch',
    presence.watch as Untyped,
    [[7, {}], ...[undefined, null, 7, { joined: 7 }].map((listener) => ['room', listener])],
  ],
  ['presence.close', presence.close as Untyped, [[null], [7], [{ handOver: 'soon' }]]],
  [
    'createRequests',
    createRequests as Untyped,
    [[undefined, load], ...[undefined, null, {}, fire.definition].map((each) => [pubsub, each])],
  ],
  [
    'ask',
    load.ask as Untyped,
    [
      ...[undefined, null, {}].map((params) => [params, 1]),
      ...[...wrongCalls, { enough: 0 }].map((options) => [eu, 1, options]),
    ],
  ],
  [
    'respond',
    load.respond as Untyped,
    [
      ...[undefined, null, {}].map((params) => [params, hear]),
      ...[undefined, null, 7].map((handler) => [eu, handler]),
      ...[...shared, { concurrency: 0 }].map((options) => [eu, hear, options]),
    ],
  ],
  [
    'createCoalescedPublisher',
    createCoalescedPublisher as Untyped,
    [
      [undefined, latest],
      ...[undefined, null, {}].map((channel) => [pubsub, channel]),
      ...[...shared, { window: 0 }, { limit: 0 }].map((options) => [pubsub, latest, options]),
    ],
  ],
  ['coalesced publish', coalesced.publish as Untyped, wrongParams.map((params) => [params, 1])],
  [
    'createInvalidationBus',
    createInvalidationBus as Untyped,
    [
      [undefined, 'x'],
      ...[undefined, null, 7, ''].map((name) => [pubsub, name]),
      ...[...shared, { echo: 'no' }].map((options) => [pubsub, 'x', options]),
    ],
  ],
  ['bus.publish', bus.publish as Untyped, [[undefined], [null], ['x'], [[7]]]],
  ['bus.subscribe', bus.subscribe as Untyped, [[undefined], [null], [{}], [{ invalidated: hear }]]],
  [
    'createInsight',
    createInsight as Untyped,
    [
      [undefined],
      ...[...shared, { name: '' }, { limit: 0 }, { rateWindow: 1 }].map((options) => [pubsub, options]),
    ],
  ],
  [
    'createEventStream',
    createEventStream as Untyped,
    [
      [undefined, fire.definition],
      ...[undefined, null, {}].map((definition) => [pubsub, definition]),
      ...[...shared, { encode: 7 }, { from: 'then' }, { heartbeat: 1 }].map((options) => [
        pubsub,
        fire.definition,
        options,
      ]),
    ],
  ],
  [
    'stream.respond',
    stream.respond as Untyped,
    [
      ...[undefined, null, 7, {}].map((each) => [each, room]),
      ...wrongParams.map((params) => [request, params]),
    ],
  ],
  [
    'createSocketBridge',
    createSocketBridge as Untyped,
    [
      [undefined, { channels: [fire.definition], allow: hear }],
      ...[
        undefined,
        ...shared,
        {},
        { channels: [], allow: hear },
        { channels: [{}], allow: hear },
        { channels: [defineChannel('b:{id}', { codec: bytesCodec })], allow: hear },
        { channels: [fire.definition] },
        { channels: [fire.definition], allow: hear, overflow: 'spill' },
        { channels: [fire.definition], allow: hear, roomLimit: 0 },
      ].map((options) => [pubsub, options]),
    ],
  ],
  ['bridge.connect', bridge.connect as Untyped, [[undefined], [null], [{}], [7]]],
  [
    'createSocketIoAdapter',
    createSocketIoAdapter as Untyped,
    [
      [undefined, { ClusterAdapter }],
      ...[
        undefined,
        ...shared,
        {},
        { ClusterAdapter: class {} },
        { ClusterAdapter, lease: 1 },
        { ClusterAdapter, historySize: 0 },
      ].map((options) => [pubsub, options]),
    ],
  ],
];

describe('what is wrong is refused by name and rule, before anything is sent', () => {
  it.each(calls)('%s', async (_name, call, wrong) => {
    for (const args of wrong) {
      const before = sent();
      const outcome = await new Promise((resolve) => resolve(call(...args))).then(
        (value) => ({ value }),
        (error: unknown) => error,
      );
      const said = JSON.stringify(args.map((each) => (each === pubsub ? 'pubsub' : each)));
      expect(outcome, said).toMatchObject({ code: 'INVALID_ARGUMENT' });
      expect((outcome as Error).message, said).toMatch(/; given: /);
      expect(sent(), `sent for ${said}`).toBe(before);
    }
  });

  it('survey, and leaving', async () => {
    const insight = await createInsight(pubsub);
    for (const options of [...wrongCalls, { template: 7 }, { channel: {} }])
      await expect(insight.survey(options as never)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await insight.close();
    const tab = await presence.join('room', 'ada');
    if (tab === 'full') throw new Error('nobody else is here');
    await expect(tab.leave(null as never)).rejects.toMatchObject({ argument: 'options' });
    await tab.leave({ now: true });
  });
});
