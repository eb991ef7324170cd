import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { expect, it } from 'vitest';
import { type FeedListener, ListenerQueue } from '../src/feed/listener-queue.js';

const bytes = (text: string): Uint8Array => Buffer.from(text);

/** A listener that works on one thing at a time, until it is told to go on; and what it was told, in order. */
function slowListener(
  waitsAtGaps = false,
): FeedListener & { readonly told: string[]; goOn(): Promise<void> } {
  const told: string[] = [];
  let proceed: () => void = () => undefined;
  const work = (): Promise<void> =>
    new Promise((resolve) => {
      proceed = resolve;
    });
  return {
    told,
    message(payload) {
      told.push(Buffer.from(payload).toString());
      return work();
    },
    gap(reason) {
      told.push(`gap: ${reason}`);
      return waitsAtGaps ? work() : undefined;
    },
    async goOn() {
      proceed();
      await new Promise(setImmediate);
    },
  };
}

it('a gap stands between the messages before it and those behind it, however long they wait', async () => {
  const listener = slowListener();
  const queue = new ListenerQueue(listener, 10, 'drop-oldest');
  for (const text of ['1', '2', '3']) queue.message(bytes(text), 'c', undefined);
  queue.gap('cut');
  queue.message(bytes('4'), 'c', undefined);
  for (let i = 0; i < 4; i++) await listener.goOn();
  expect(listener.told).toEqual(['1', '2', '3', 'gap: cut', '4']);
});

it('a gap that no message follows is told as soon as what came before it is done', async () => {
  const listener = slowListener();
  const queue = new ListenerQueue(listener, 10, 'drop-oldest');
  queue.message(bytes('1'), 'c', undefined);
  queue.gap('cut');
  expect(listener.told).toEqual(['1']);
  await listener.goOn();
  expect(listener.told).toEqual(['1', 'gap: cut']);
  queue.gap('again');
  expect(listener.told.at(-1)).toBe('gap: again');
});

it('a gap that is worked on holds back what follows', async () => {
  const listener = slowListener(true);
  const queue = new ListenerQueue(listener, 10, 'drop-oldest');
  queue.gap('cut');
  queue.message(bytes('1'), 'c', undefined);
  expect(listener.told).toEqual(['gap: cut']);
  await listener.goOn();
  expect(listener.told).toEqual(['gap: cut', '1']);
});

it.each([
  ['drop-oldest', ['1', 'gap: too slow', '3', '4', '5']],
  ['drop-newest', ['1', '2', '3', 'gap: too slow', '5']],
] as const)('an overflow that is to %s is told where messages are missing', async (overflow, expected) => {
  const listener = slowListener();
  const queue = new ListenerQueue(listener, 2, overflow);
  for (const text of ['1', '2', '3', '4']) queue.message(bytes(text), 'c', undefined);
  if (overflow === 'drop-newest') await listener.goOn();
  queue.message(bytes('5'), 'c', undefined);
  for (let i = 0; i < 4; i++) await listener.goOn();
  const told = listener.told.map((text) => (text.includes('too slow') ? 'gap: too slow' : text));
  expect(told).toEqual(overflow === 'drop-oldest' ? ['1', 'gap: too slow', '4', '5'] : expected);
  expect(queue.dropped).toBe(overflow === 'drop-oldest' ? 2 : 1);
});

it('what a listener brings about while what waits is handed over comes behind it', async () => {
  const told: string[] = [];
  let proceed: () => void = () => undefined;
  const queue = new ListenerQueue(
    {
      message(payload) {
        const text = Buffer.from(payload).toString();
        told.push(text);
        if (text === '2') {
          queue.message(bytes('4'), 'c', undefined);
          queue.gap('cut');
        }
        if (text !== '1') return;
        return new Promise((resolve) => {
          proceed = resolve;
        });
      },
      gap: (reason) => void told.push(`gap: ${reason}`),
    },
    10,
    'drop-oldest',
  );
  for (const text of ['1', '2', '3']) queue.message(bytes(text), 'c', undefined);
  proceed();
  await new Promise(setImmediate);
  expect(told).toEqual(['1', '2', '3', '4', 'gap: cut']);
});

it('what a gap listener throws or rejects with is reported, and what follows is told', async () => {
  const reported: string[] = [];
  const heard = (message: unknown): void =>
    void reported.push(String((message as { error: Error }).error.message));
  subscribe('penknife:listener.error', heard);
  const told: string[] = [];
  let tries = 0;
  const queue = new ListenerQueue(
    {
      message: (payload) => void told.push(Buffer.from(payload).toString()),
      gap: () => {
        if (tries++ === 0) throw new Error('thrown');
        return Promise.reject(new Error('rejected'));
      },
    },
    10,
    'drop-oldest',
  );
  queue.gap('one');
  queue.gap('two');
  queue.message(bytes('1'), 'c', undefined);
  await new Promise(setImmediate);
  unsubscribe('penknife:listener.error', heard);
  expect(reported).toEqual(['thrown', 'rejected']);
  expect(told).toEqual(['1']);
});
