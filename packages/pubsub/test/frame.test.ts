import { createHash } from 'node:crypto';
import { jsonCodec, slotOf } from '@penknife/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCounters } from '../src/counters.js';
import { defineChannel } from '../src/definition.js';
import { createDecoder } from '../src/frame/decoder.js';
import {
  bodyOf,
  type Frame,
  frameHead,
  frameWithoutPosition,
  idOf,
  isOrigin,
  originOf,
  readFrame,
} from '../src/frame/frame.js';
import { serverNames } from '../src/keys.js';
import { placesOf } from '../src/places.js';
import { slotTags } from '../src/slot-tags.js';
import { channelOf, fillTemplate, globOf, parametersOf, parseTemplate } from '../src/template/template.js';

const id = 'abcdefghijkl1z';
const head = frameHead(jsonCodec as never, id);

describe('frames', () => {
  it('carry a body and a position', () => {
    const whole = Buffer.from(frameWithoutPosition(head, '{"a":1}') as string);
    const frame = readFrame(whole) as Frame;
    expect(frame).toMatchObject({ codecId: 'j'.charCodeAt(0), position: undefined });
    expect([originOf(frame), idOf(frame)]).toEqual(['abcdefghijkl', id]);
    expect([isOrigin(frame, 'abcdefghijkl'), isOrigin(frame, 'abcdefghijkm')]).toEqual([true, false]);
    expect(Buffer.from(bodyOf(frame)).toString()).toBe('{"a":1}');
    const placed = Buffer.from(`${head}epoch:42\nbody`);
    expect(readFrame(placed)?.position).toEqual({ epoch: 'epoch', offset: 42 });
    const bytes = frameWithoutPosition(head, Uint8Array.of(255, 0, 10)) as Uint8Array;
    expect([...bodyOf(readFrame(new Uint8Array(bytes)) as Frame)]).toEqual([255, 0, 10]);
  });

  it('property: whatever arrives is a value or nothing, never an exception', () => {
    const counters = createCounters();
    const decode = createDecoder(defineChannel('a', { delivery: 'log' }), 'me', counters);
    const arrival = { channel: 'a', params: {}, source: 'live' } as const;
    const broken = fc
      .tuple(fc.nat(40), fc.uint8Array({ maxLength: 60 }))
      .map(([keep, noise]) => Buffer.concat([Buffer.from(`${head}e:1\n{"a":1}`).subarray(0, keep), noise]));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), broken), (payload) => {
        const before = counters.foreign + counters.undecodable;
        const received = decode(payload, arrival);
        const refused = counters.foreign + counters.undecodable - before;
        expect(refused).toBe(received?.event === undefined ? 1 : 0);
      }),
      { numRuns: 1000 },
    );
  });

  it('invalid UTF-8 and 50 MB of rubbish are counted', () => {
    const counters = createCounters();
    const decode = createDecoder(defineChannel('a'), 'me', counters);
    const arrival = { channel: 'a', params: {}, source: 'live' } as const;
    decode(Buffer.concat([Buffer.from(`${head}\n"`), Buffer.of(0xff, 0xfe), Buffer.from('"')]), arrival);
    expect(counters).toMatchObject({ undecodable: 1, foreign: 0 });
    const rubbish = Buffer.alloc(50_000_000, 'x');
    rubbish.write('\u00021j');
    expect(decode(rubbish, arrival)).toBeUndefined();
    expect(counters).toMatchObject({ undecodable: 1, foreign: 1 });
  });
});

describe('channel names', () => {
  const template = parseTemplate('room:{room}:user:{user}');

  it('property: parameters come back as they went in, and no two share a name', () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
      fc.string({
        unit: fc.constantFrom('%', ':', '*', '{', '}', '[', '\\', '~', 'u', 'd', '8', '0', '\ud800'),
        minLength: 1,
        maxLength: 20,
      }),
    );
    fc.assert(
      fc.property(value, value, value, value, (room, user, otherRoom, otherUser) => {
        const name = channelOf(template, { room, user });
        expect(parametersOf(template, name)).toEqual({ room, user });
        expect(/[*?[\]\\{}]/.test(name)).toBe(false);
        const same = room === otherRoom && user === otherUser;
        expect(channelOf(template, { room: otherRoom, user: otherUser }) === name).toBe(same);
        expect(globOf(template, { room }).match(/\*/g)).toHaveLength(1);
      }),
      { numRuns: 300 },
    );
  });

  it('trap 18: channels spread evenly over the slots, each with its keys, whatever their names count up', () => {
    const { channel, keys } = serverNames('pk');
    const parts = 64;
    const [count, found] = [20_000, new Array<number>(parts).fill(0)];
    for (let i = 0; i < count; i++) {
      const params = { room: String(i), user: 'a' };
      const slot = slotOf(channel(channelOf(template, params)));
      const segments = fillTemplate(template, params);
      const own = [keys.head(segments), keys.history(segments), keys.once(segments, 'x')].map(slotOf);
      if (own.some((each) => each !== slot)) throw new Error(`the keys of room ${i} lie elsewhere`);
      const part = Math.floor((slot * parts) / 16_384);
      found[part] = (found[part] ?? 0) + 1;
    }
    // Four times the spread of a fair throw.
    const [mean, limit] = [count / parts, 4 * Math.sqrt(count / parts)];
    expect(found.filter((each) => Math.abs(each - mean) > limit)).toEqual([]);
  });

  it('trap 18: sharded channels share 256 slots, one in each equal range of them, each with its keys', () => {
    const tags = slotTags();
    expect(tags.map((tag) => Math.floor(slotOf(tag) / 64))).toEqual(Array.from({ length: 256 }, (_, i) => i));
    // Whoever changes the table loses sight of every sharded channel there is.
    expect(createHash('sha256').update(tags.join()).digest('hex').slice(0, 16)).toBe('678f837befda8d61');
    const names = serverNames('pk');
    const places = placesOf(names, { sharded: true });
    const [count, found] = [20_000, new Map<number, number>()];
    for (let i = 0; i < count; i++) {
      const params = { room: String(i), user: 'a' };
      const name = channelOf(template, params);
      const segments = fillTemplate(template, params);
      const slot = slotOf(places.channel(name));
      const own = [
        places.key('head', name, segments),
        places.key('history', name, segments),
        places.key('latest', name, segments),
        places.key('once', name, segments, 'x'),
        places.key('responders', name, segments),
        places.key('state', name, segments),
      ].map(slotOf);
      if (own.some((each) => each !== slot)) throw new Error(`the keys of room ${i} lie elsewhere`);
      found.set(slot, (found.get(slot) ?? 0) + 1);
    }
    const [mean, limit] = [count / 256, 5 * Math.sqrt(count / 256)];
    expect(found.size).toBe(256);
    expect([...found.values()].filter((each) => Math.abs(each - mean) > limit)).toEqual([]);
  });

  it('property: no two sharded channels share a key, nor a channel and an id of another', () => {
    const places = placesOf(serverNames('pk'), { sharded: true });
    const part = fc.string({ unit: fc.constantFrom('a', ':', '{', '}', '%'), minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(part, part, part, part, part, part, (room, user, id, otherRoom, otherUser, otherId) => {
        const keys = [
          [room, user, id],
          [otherRoom, otherUser, otherId],
        ].map(([room = '', user = '', id = '']) => {
          const params = { room, user };
          const name = channelOf(template, params);
          return [places.channel(name), places.key('once', name, fillTemplate(template, params), id)];
        });
        const same = room === otherRoom && user === otherUser;
        expect(keys[0]?.[0] === keys[1]?.[0]).toBe(same);
        expect(keys[0]?.[1] === keys[1]?.[1]).toBe(same && id === otherId);
      }),
      { numRuns: 300 },
    );
  });

  it('trap 8: a name that only the glob matches is not one of ours', () => {
    for (const name of [
      'room:a:b:user:c',
      'room:a:user',
      'room::user:c',
      'room:a b:user:c',
      'room:%41:user:c',
      'room:%zz:user:c',
      'x:a:user:c',
    ]) {
      expect(parametersOf(template, name), name).toBeUndefined();
    }
  });
});
