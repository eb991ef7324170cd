import { type Command, type Driver, slotOf } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { type Consumer, createStreams, defineStream, type Stream, streamKeys } from '../src/index.js';
import { collected, gate } from './collected.js';
import { dressed } from './dressed.js';
import { patiently } from './patience.js';
import { drafts, type Numbered, numbered } from './sample-streams.js';

type Numbers = Stream<{ readonly data: Numbered }, { readonly data: Numbered }>;

/** What many streams and groups in one process take, and how they wait for more. */
export function fairReadingSuite(context: MatrixContext): void {
  const keys = streamKeys.in('pk');
  const group = 'g';
  const waits = <T>(promise: Promise<T>): Promise<T> => patiently(context, promise);
  const openAll = (driver: Driver, names: readonly string[]): Numbers[] => {
    const streams = createStreams(driver);
    return names.map((name) => streams.open(defineStream(name, { schema: numbered, retention: 'forever' })));
  };

  it('trap 19: each read is of one stream and for no more than there is room, so many streams never flood a process', async () => {
    const inner = await context.driver();
    const consumers = new Map<string, Consumer>();
    const reads: string[] = [];
    const excess: string[] = [];
    const watched = dressed(inner, {
      send(command, options) {
        if (command.args[0] === 'XREADGROUP') {
          const [, , , name, , count, , ...streams] = command.args.map(String);
          reads.push(streams.join(' '));
          const { held } = consumers.get(name as string)?.health() ?? { held: 0 };
          if (held + Number(count) > 5) excess.push(`${streams[0]}: ${count} with ${held} held`);
        }
        return inner.send(command, options);
      },
    });
    const names = ['a', 'b', 'c', 'd', 'e'];
    const logs = openAll(watched, names);
    await Promise.all(logs.map((log) => log.appendMany(drafts(100))));
    const hold = gate();
    const started = collected<string>();
    const done = collected<string>();
    for (const log of logs) {
      const handler = async ({ data }: { readonly data: Numbered }): Promise<void> => {
        started.push(log.name);
        await hold.passed;
        done.push(`${log.name}${data.n}`);
      };
      const options = { name: log.name, concurrency: 2, prefetch: 3, lease: '1h' } as const;
      consumers.set(log.name, log.consume(group, handler, options));
    }
    await waits(started.atLeast(10));
    await context.advance(20);
    for (const name of names) {
      expect(((await context.admin('XPENDING', keys.log(name), group)) as unknown[])[0]).toBe(5);
    }
    hold.open();
    await waits(done.atLeast(500));
    expect(excess).toEqual([]);
    expect(new Set(reads)).toEqual(new Set(names.map((name) => `${keys.log(name)} >`)));
    await Promise.all([...consumers.values()].map((one) => one.close()));
  });

  it('trap 19: one stream with much to do holds no other up, nor one group another', async () => {
    const [busy, quiet] = openAll(await context.driver(), ['busy', 'quiet']) as [Numbers, Numbers];
    await busy.appendMany(drafts(2000));
    await quiet.append({ data: { n: 0 } });
    const order = collected<string>();
    const consumers = [
      busy.consume('first', () => order.push('busy')),
      busy.consume('second', () => order.push('second')),
      quiet.consume('first', () => order.push('quiet')),
    ];
    await waits(Promise.all(['quiet', 'second'].map((name) => order.first((one) => one === name))));
    for (const name of ['quiet', 'second']) {
      const before = order.items.slice(0, order.items.indexOf(name));
      expect(before.filter((one) => one === 'busy').length).toBeLessThan(1000);
    }
    await Promise.all(consumers.map((one) => one.close()));
  });

  it('trap 20: who waits for many streams names those of one slot only, each in one read, and all of them wake', async () => {
    const inner = await context.driver();
    const waiting: string[][] = [];
    const noted = (command: Command<unknown>): void => {
      const { args } = command;
      if (args[0] !== 'XREAD') return;
      const keysAndIds = args.slice(args.indexOf('STREAMS') + 1).map(String);
      waiting.push(keysAndIds.slice(0, keysAndIds.length / 2));
    };
    const watched = dressed(inner, {
      async openLane(options) {
        const lane = await inner.openLane(options);
        return Object.assign(Object.create(lane) as typeof lane, {
          id: lane.id,
          lost: lane.lost,
          close: () => lane.close(),
          send: ((command, how) => {
            noted(command);
            return lane.send(command, how);
          }) as typeof lane.send,
        });
      },
    });
    const names = sharingSlots();
    const logs = openAll(watched, names);
    const seen = collected<string>();
    // They never look by themselves: whoever is not waited for is not woken.
    const consumers = logs.map((log) => log.consume(group, () => seen.push(log.name), { poll: '1h' }));
    await waits(Promise.all(consumers.map(({ ready }) => ready)));
    for (let round = 1; round <= 3; round++) {
      for (const log of logs) await log.append({ data: { n: round } });
      await waits(seen.atLeast(round * names.length));
    }
    const slots = (of: readonly string[]): number => new Set(of.map(slotOf)).size;
    const widest = Math.max(...waiting.map((of) => of.length));
    if (context.column.topology === 'cluster') {
      expect(waiting.map(slots).every((count) => count === 1)).toBe(true);
      // The two of one slot, each with the stream that wakes.
      expect(widest).toBe(4);
    } else {
      expect(widest).toBe(2 * names.length);
    }
    await Promise.all(consumers.map((one) => one.close()));
  });

  /** Four names, of which two share a slot. */
  function sharingSlots(): string[] {
    const bySlot = new Map<number, string>();
    for (let i = 0; ; i++) {
      const name = `s${i}`;
      const other = bySlot.get(slotOf(keys.log(name)));
      if (other !== undefined) return [other, name, 'alone', 'apart'];
      bySlot.set(slotOf(keys.log(name)), name);
    }
  }
}
