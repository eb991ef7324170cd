import { expect, it } from 'vitest';
import {
  checkServer,
  createLanePool,
  type Driver,
  defineKeys,
  defineScript,
  InvalidArgumentError,
  optimistic,
  rawReply,
  sharedFeed,
  slotOf,
} from '../src/index.js';

const script = defineScript({ name: 'shop/none', lua: 'return 1', keys: 'any', args: 'any', read: rawReply });
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
])('%s that is none is refused by name', (_what, act, says) => {
  expect(act).toThrow(InvalidArgumentError);
  expect(act).toThrow(says);
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
