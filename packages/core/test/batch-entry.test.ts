import { expect, it } from 'vitest';
import { createManualClock } from '../src/index.js';
import { BatchCall } from '../src/kit/batch-call.js';
import { CallsUnderWay, type CallUnderWay } from '../src/kit/calls-under-way.js';
import type { CallEnvironment, CallPlan } from '../src/kit/pending-call.js';

/** Calls under way, and whoever came into their list. */
class Seen extends CallsUnderWay {
  readonly entries: CallUnderWay[] = [];

  override add(call: CallUnderWay, durationMs: number): void {
    super.add(call, durationMs);
    this.entries.push(call);
  }
}

it('a batch is one entry, which leaves with the last answer: without a deadline nothing else would let go of it', async () => {
  const underWay = new Seen(createManualClock());
  const answers: ((reply: string) => void)[] = [];
  const plan: CallPlan<unknown, string> = {
    write: () => new Promise((answer) => answers.push(answer)),
    read: String,
    key: undefined,
    script: undefined,
    repeatable: false,
  };
  const environment = { underWay, ready: () => true } as unknown as CallEnvironment;
  const batch = BatchCall.start(environment, [plan, plan], undefined, Number.POSITIVE_INFINITY);
  const [entry, ...others] = underWay.entries;
  expect(others).toEqual([]);
  answers[0]?.('1');
  await Promise.resolve();
  expect(entry?.list?.head).toBe(entry);
  answers[1]?.('2');
  expect(await batch).toEqual([
    { ok: true, value: '1' },
    { ok: true, value: '2' },
  ]);
  expect(entry?.list).toBeUndefined();
});
