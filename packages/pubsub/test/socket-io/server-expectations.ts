import type { MatrixContext } from '@penknife/matrix';
import { expect, it, vi } from 'vitest';
import { until } from '../hearing.js';
import { clustersOf, event, waiting } from './cluster.js';

/** What servers tell and ask each other. */
export function serverExpectations(context: MatrixContext): void {
  const start = clustersOf(context);

  it('serverSideEmit', async () => {
    const { members, servers, expectation } = await start();
    const [one, two, three] = servers;
    const emit = (): Promise<[error: Error | null, answers: unknown[]]> =>
      new Promise((resolve) => {
        one.serverSideEmit('hello', (error: Error | null, answers: unknown[]) => resolve([error, answers]));
      });
    const notForOneself = () => one.on('hello', () => expect.fail('it is not for oneself'));
    await expectation('sends an event to other server instances', async () => {
      notForOneself();
      const told = Promise.all([two, three].map((server) => event(server, 'hello')));
      one.serverSideEmit('hello', 'world', 1, '2');
      expect(await told).toEqual(Array(2).fill(['world', 1, '2']));
    });
    await expectation('sends an event and receives a response from the other server instances', async () => {
      notForOneself();
      two.on('hello', (answer: (value: unknown) => void) => answer(2));
      three.on('hello', (answer: (value: unknown) => void) => answer('3'));
      const [error, answers] = await emit();
      expect([error, new Set(answers)]).toEqual([null, new Set([2, '3'])]);
    });
    if (context.column.memory) {
      // socket.io waits five seconds: on memory alone, where nothing else goes by the machine's timers.
      await expectation('sends an event but timeout if one server does not respond', async () => {
        two.on('hello', (answer: (value: number) => void) => answer(2));
        const asked = event(three, 'hello');
        vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
        try {
          const outcome = emit();
          await asked;
          await until(context, 'the other answer', () => {
            const [request] = (
              one.of('/').adapter as unknown as { requests: Map<string, { current: number }> }
            ).requests.values();
            return request?.current === 1;
          });
          vi.advanceTimersByTime(5000);
          const [error, answers] = await outcome;
          expect([error?.message, answers]).toEqual([
            'timeout reached: only 1 responses received out of 2',
            [2],
          ]);
        } finally {
          vi.useRealTimers();
        }
      });
    }
    await expectation('succeeds even if an instance leaves the cluster', async () => {
      notForOneself();
      two.on('hello', (answer: (value: number) => void) => answer(2));
      three.on('hello', () => void three.of('/').adapter.close());
      expect(await emit()).toEqual([null, [2]]);
      expect(waiting(one)).toBe(0);
      expect(await one.fetchSockets()).toHaveLength(2);
    });
    await expectation('unsubscribes when close is called', async () => {
      const live = () => members[2]?.pubsub.stats().flatMap((channel) => channel.live);
      await until(context, 'nothing is listened to', () => live()?.length === 0);
    });
  });
}
