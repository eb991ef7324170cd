import { expect, it } from 'vitest';
import {
  type BackoffOptions,
  backoffMs,
  checkCodec,
  checkSchema,
  checkServer,
  createLanePool,
  createManualClock,
  type Driver,
  defineKeys,
  defineScript,
  InvalidArgumentError,
  jsonCodec,
  optimistic,
  rawReply,
  seal,
  seededRandom,
  sharedFeed,
  shutdown,
  slotOf,
  systemClock,
} from '../src/index.js';

const none = { name: 'shop/none', lua: 'return 1', keys: 'any', args: 'any', read: rawReply } as const;
const script = defineScript(none);
const { cart } = defineKeys({
  pattern: 'shop',
  version: 1,
  kinds: { cart: { life: 'ephemeral', holds: 'what a visitor chose' } },
}).in('pk');
/** Nothing may get as far as to ask it. */
const untouched = new Proxy({ send: () => undefined } as unknown as Driver, {
  get(target, name) {
    if (name === 'send') return target.send;
    throw new Error(`asked for ${String(name)}`);
  },
});
const keysOf = (changes: object): (() => unknown) => {
  const kinds = { cart: { life: 'ephemeral', holds: 'x' } } as const;
  return () => defineKeys({ pattern: 'shop', version: 1, kinds, ...changes });
};
const never = undefined as never;
const wait = (given: Partial<BackoffOptions>, attempt = 1): number =>
  backoffMs({ baseMs: 1, maxMs: 9, ...given }, attempt, seededRandom(1));

it.each<readonly [what: string, act: () => unknown, says: string]>([
  [
    'keys of a script',
    () => script(never, []),
    'keys of script shop/none must be an array; given: undefined',
  ],
  ['arguments', () => script([], 5 as never), 'arguments of script shop/none must be an array; given: 5'],
  ['a tag', () => cart(never), 'cart must be a string that is not empty; given: undefined'],
  ['a tag of parts', () => cart({} as never), 'cart must be a string that is not empty; given: an object'],
  ['a pattern that moves the tag', keysOf({ pattern: 'a:{z}' }), 'must be 1 to 64 letters'],
  [
    'a kind that moves the tag',
    keysOf({ kinds: { '{b}': { life: 'ephemeral' } } }),
    'must be 1 to 64 letters',
  ],
  ['a version', keysOf({ version: Number.NaN }), 'version must be a whole number of at least 1; given: NaN'],
  ['a key', () => slotOf(never), 'key must be a string or bytes; given: undefined'],
  [
    'options of a pool',
    () => createLanePool(untouched, never),
    'options must be an object; given: undefined',
  ],
  ['a driver of a feed', () => sharedFeed(never), 'driver must be a driver'],
  ['a script', () => defineScript(never), 'definition must be an object; given: undefined'],
  ['a script without text', () => defineScript({ ...none, lua: ' ' }), 'lua must be the text of a script'],
  ['a script without a reader', () => defineScript({ ...none, read: never }), 'read must be a function'],
  ['keys', () => defineKeys(never), 'declaration must be an object; given: undefined'],
  ['a pattern that runs into its version', keysOf({ pattern: 'a1' }), 'must not end in a digit'],
  ['a timer', () => systemClock.timer(Number.NaN, () => undefined), 'delayMs must be a number'],
  [
    'a timer by hand',
    () => createManualClock().timer(Number.NaN, () => undefined),
    'delayMs must be a number',
  ],
  ['a codec', () => checkCodec('codec', { ...jsonCodec, id: 'jj' }), 'its id one visible ASCII character'],
  ['a codec that only encodes', () => checkCodec('codec', { ...jsonCodec, decode: never }), 'codec must be'],
  ['a schema', () => checkSchema('schema', {} as never), 'schema must be a Standard Schema'],
  ['a first wait', () => wait({ baseMs: -1 }), 'baseMs must be a finite number of at least 0; given: -1'],
  ['a longest wait', () => wait({ maxMs: Number.NaN }), 'maxMs must be a number of at least 0; given: NaN'],
  ['a growth', () => wait({ factor: 0.5 }), 'factor must be a finite number of at least 1; given: 0.5'],
  ['a jitter', () => wait({ jitter: 'some' as never }), "jitter must be 'full', 'equal' or 'none'"],
  ['a try', () => wait({}, Number.NaN), 'attempt must be a number of at least 0; given: NaN'],
])('%s that is none is refused by name', (_what, act, says) => {
  expect(act).toThrow(InvalidArgumentError);
  expect(act).toThrow(says);
});

it('what is closed in order has to be closable, all of it, before the first is closed', async () => {
  let closed = 0;
  const handle = { close: async () => void closed++ };
  await expect(shutdown(handle, never)).rejects.toThrow('handle must have a close method; given: undefined');
  expect(closed).toBe(0);
});

it('a sleep that is no number is refused, and a wait from nothing stays nothing', async () => {
  await expect(systemClock.sleep(Number.NaN)).rejects.toThrow('delayMs must be a number of milliseconds');
  expect(wait({ baseMs: 0 }, 5000)).toBe(0);
  expect(wait({ jitter: 'none' }, 5000)).toBe(9);
});

it('a codec that encodes into neither text nor bytes is said', () => {
  expect(() => seal({ ...jsonCodec, encode: () => 5 as never }, 1)).toThrow('json: encode must give');
});

it('what runs on a lane is checked before there is one', async () => {
  const pool = createLanePool(untouched, { limit: 1 });
  await expect(pool.use(never)).rejects.toThrow('run must be a function; given: undefined');
  const plan = async (): Promise<null> => null;
  await expect(optimistic(untouched, pool, never, plan)).rejects.toThrow('keys must be an array');
  await expect(optimistic(untouched, pool, ['a'], never)).rejects.toThrow('plan must be a function');
  await expect(checkServer(never, {})).rejects.toThrow('driver must be a driver');
  await expect(checkServer(untouched, never)).rejects.toThrow('needs must be an object');
});
