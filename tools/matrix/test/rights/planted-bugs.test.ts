import { requireServers } from '@penknife/redis-servers';
import { describe, expect, it } from 'vitest';
import { underRights } from '../../src/columns/under-rights.js';
import { nodeRedisClient, overMatrix, singleColumn } from '../../src/index.js';
import { rulesFor, rulesIn, rulesOfDriver } from './readme-rights.js';

const write = { args: ['SET', 'pk:a', '1', 'PX', 60_000] as const, key: 'pk:a', read: String };
const script = {
  args: ['EVAL', "redis.call('INCR', KEYS[1]) return redis.call('TTL', KEYS[1])", 1, 'pk:a'] as const,
  key: 'pk:a',
  read: Number,
};

const haveServers = await requireServers();
const enough = ['~pk:*', '+set', '+eval', '+incr', '+ttl'];

describe.each([
  ['just enough', enough, [], []],
  ['a command missing', enough.filter((rule) => rule !== '+set'), ['command set'], []],
  [
    'a command missing that only a script sends',
    enough.filter((rule) => rule !== '+ttl'),
    ['command ttl'],
    [],
  ],
  ['a command too many', [...enough, '+keys'], [], ['keys']],
  ['one too many that only the administration sends', [...enough, '+get'], [], ['get']],
  [
    'another name of its keys',
    ['~other:*', ...enough.slice(1)],
    ['key pk:a'],
    ['eval', 'incr', 'set', 'ttl'],
  ],
])('an ACL line with %s', (_what, rules, refused, unused) => {
  const { column, report } = underRights(
    singleColumn(nodeRedisClient),
    rules,
    rulesOfDriver(nodeRedisClient.name),
  );
  overMatrix(
    'what is sent',
    ({ driver, admin }) => {
      it('is sent', async () => {
        const sender = await driver();
        const outcomes = await Promise.allSettled([sender.send(write), sender.send(script)]);
        await admin('GET', 'pk:a');
        expect(outcomes.some(({ status }) => status === 'rejected')).toBe(refused.length > 0);
      });
    },
    { columns: [column], slowLog: false },
  );

  it.skipIf(!haveServers)('is seen to be so', () => expect(report()).toEqual({ refused, unused }));
});

it('an ACL line is read from the README’s own words, in one or several pieces', () => {
  const line = 'Commands: `GET`. ACL: `~pk:a1:* &pk:a1:* +get +set`; `resize` also needs `+del`.';
  expect(rulesIn(`text\n${line}\n`)).toEqual(['~pk:a1:*', '&pk:a1:*', '+get', '+set', '+del']);
  expect(rulesIn('no line')).toBeUndefined();
});

it('rights for one purpose are read from a list, and a purpose that is not there is no empty right', () => {
  const list =
    '- on a cluster: `+asking`\n- for key tracking (`tracking`): `+client|tracking` and `&__redis__:invalidate`';
  expect(rulesFor('key tracking', list)).toEqual(['+client|tracking', '&__redis__:invalidate']);
  expect(rulesFor('feeds', list)).toBeUndefined();
  expect(() => rulesOfDriver('ioredis', 'feeds', 'flying')).toThrow('does not grant all of it');
});

it('the driver of a client is found whatever its major', () => {
  expect(rulesOfDriver('node-redis 5')).toContain('+client|id');
  expect(rulesOfDriver('ioredis 5', 'key tracking')).toContain('&__redis__:invalidate');
});
