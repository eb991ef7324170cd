import { describe, expectTypeOf, it } from 'vitest';
import { type Command, defineScript, integerReply, type Sender, type Settled } from '../src/index.js';

declare const sender: Sender;

const addCapped = defineScript({
  name: 'shop/add-capped',
  keys: 1,
  args: 2,
  lua: `return redis.call('INCRBY', KEYS[1], math.min(ARGV[1], ARGV[2]))`,
  read: integerReply('shop/add-capped'),
});

const sum = defineScript({
  name: 'shop/sum',
  keys: 'any',
  args: 0,
  lua: `local sum = 0 for _, key in ipairs(KEYS) do sum = sum + (redis.call('GET', key) or 0) end return sum`,
  read: String,
});

describe('a script of your own', () => {
  it('is called with its keys and arguments, and gives what its reader reads', () => {
    expectTypeOf(addCapped(['stock:{42}'], [5, 100])).toEqualTypeOf<Command<number>>();
    expectTypeOf(addCapped([new Uint8Array([1])], ['5', new Uint8Array([2])])).toEqualTypeOf<
      Command<number>
    >();
    expectTypeOf(sender.send(addCapped(['stock:{42}'], [5, 100]))).resolves.toEqualTypeOf<number>();
    expectTypeOf(sum(['a:{1}', 'b:{1}', 'c:{1}'], [])).toEqualTypeOf<Command<string>>();
  });

  it('is settled in a batch in the types of each command', () => {
    const commands = [addCapped(['a'], [1, 2]), sum([], [])] as const;
    type Expected = Settled<typeof commands>;
    expectTypeOf(sender.batch(commands)).resolves.toEqualTypeOf<Expected>();
    expectTypeOf<Extract<Expected[0], { ok: true }>['value']>().toEqualTypeOf<number>();
    expectTypeOf<Extract<Expected[1], { ok: true }>['value']>().toEqualTypeOf<string>();
  });

  it('refuses other counts and kinds', () => {
    // @ts-expect-error a key is missing
    addCapped([], [5, 100]);
    // @ts-expect-error a key too many
    addCapped(['a', 'b'], [5, 100]);
    // @ts-expect-error an argument is missing
    addCapped(['a'], [5]);
    // @ts-expect-error no argument is undefined
    addCapped(['a'], [5, undefined]);
    // @ts-expect-error no key is a number
    addCapped([5], [5, 100]);
    // @ts-expect-error it takes no arguments
    sum(['a'], [1]);
    // @ts-expect-error a script has a reader
    defineScript({ name: 'shop/unread', keys: 1, args: 0, lua: 'return 1' });
  });
});
