import assert from 'node:assert/strict';
import { type Driver, integerReply } from '@penknife/core';
import { collectingSink } from './collecting-sink.js';
import { type ContractCase, casesOf } from './contract-case.js';
import type { ContractContext } from './contract-context.js';
import { keyed, repeatable } from './raw-commands.js';

/** What the caller of a write was told: it ran, it may have run, it was not sent. */
type Fate = 'ran' | 'maybe' | 'no';

const writersAtOnce = 16;
const enough = 200;

/** The event loop's next turn. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Writes that go on through whatever happens, each with what its caller was told. */
class Writes {
  readonly fates: Map<number, Fate> = new Map();
  readonly #ended: Promise<unknown>;
  #calls = 0;
  #stopped = false;

  constructor(context: ContractContext, driver: Driver, key: string) {
    const writers = Array.from({ length: writersAtOnce }, () => this.#write(context, driver, key));
    this.#ended = Promise.all(writers);
    this.#ended.catch(() => undefined);
  }

  count(fate: Fate): number {
    return [...this.fates.values()].filter((each) => each === fate).length;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#ended;
  }

  async #write(context: ContractContext, driver: Driver, key: string): Promise<void> {
    while (!this.#stopped) {
      // An engine in the process answers in the same turn: nothing else would ever get one.
      await turn();
      const call = this.#calls++;
      try {
        await driver.send(keyed('HINCRBY', key, String(call), 1), { deadlineMs: 20_000 });
        this.fates.set(call, 'ran');
      } catch (error) {
        const { sent } = error as { sent?: string };
        assert.ok(sent === 'no' || sent === 'maybe', String(error));
        this.fates.set(call, sent);
        await context.setup.advance(5);
      }
    }
  }
}

/** A primary that dies for good, and the replica that takes its place. Patience in fours: servers take seconds to agree. */
export const failoverCases: readonly ContractCase[] = casesOf(
  'failover',
  {
    'commands go on at the promoted replica: nothing runs twice, nothing unsent runs, a gap is told': async (
      context,
    ) => {
      const driver = await context.driver();
      const key = context.key('counts');
      const channel = context.key('news');
      // The subscriber has to be on the primary that dies.
      const kind = context.topology === 'cluster' ? 'shard' : 'channel';
      const publish = kind === 'shard' ? 'SPUBLISH' : 'PUBLISH';
      const traits = await driver.traits();
      const lane = await context.lane(driver, key);
      const sink = collectingSink();
      const feed = await driver.openFeed(sink);
      await feed.subscribe(kind, channel);
      const writes = new Writes(context, driver, key);
      context.atEnd(() => writes.stop());
      await context.eventually('writes are under way', () => writes.count('ran') >= enough);

      await context.fault('failOver')(key);
      const before = writes.count('ran');
      await context.eventually('writes go on', () => writes.count('ran') >= before + enough, 4);
      await writes.stop();

      const stored = (await context.passing(driver.send(repeatable(keyed('HGETALL', key))))) as string[];
      const counted = new Map<number, string>();
      for (let i = 0; i < stored.length; i += 2) counted.set(Number(stored[i]), stored[i + 1] as string);
      for (const [call, count] of counted) {
        assert.equal(count, '1', `call ${call} ran ${count} times`);
        const fate = writes.fates.get(call);
        assert.ok(
          fate === 'ran' || fate === 'maybe',
          `call ${call} ran, though it was told to be ${fate ?? 'nothing'}`,
        );
      }
      const lost = [...writes.fates].filter(([call, fate]) => fate === 'ran' && !counted.has(call)).length;
      const unsure = writes.count('maybe');
      assert.ok(unsure > 0, 'no call was on its way when the primary died');
      // What was in flight at one moment; were it more, a call that was never written would have been called unsure.
      assert.ok(unsure <= 4 * writersAtOnce, `${unsure} calls may have run, of ${writersAtOnce} at once`);
      context.setup.note?.(
        `failover: ${writes.count('ran')} writes acknowledged, ${lost} of them lost; ${unsure} unsure, ${writes.count('no')} unsent`,
      );

      await context.eventually('the lane of the old primary is lost', () => lane.lost.aborted);
      await context.eventually('traits are asked for anew', async () => (await driver.traits()) !== traits);
      await context.eventually('the gap is told', () => sink.gaps.length > 0, 4);
      const told = { ...keyed(publish, channel, 'after'), read: integerReply(publish) };
      await driver.send(told, { deadlineMs: 10_000 });
      await context.eventually('the message arrives', () => sink.payloads(channel).includes('after'));
    },
  },
  ['sentinel', 'cluster'],
);
