import assert from 'node:assert/strict';
import type { Driver } from '@penknife/core';
import { failureOf } from './batch-cases.js';
import { type ContractCase, casesOf } from './contract-case.js';
import type { ContractContext } from './contract-context.js';
import { isError, keyed, rejectsWith, repeatable, started } from './raw-commands.js';

/** How much later than its deadline a call may end: a machine under load, not a second timeout. */
const marginMs = 500;

/** Stops the server that serves `key` until the case ends. Connected before, or there would be nothing to be stopped. */
async function stopped(context: ContractContext, driver: Driver, key: string): Promise<void> {
  // Not with the driver's own deadline, which may be too short to connect.
  await driver.send(keyed('DEL', key), { deadlineMs: 5000 });
  await context.fault('pause')(key);
  context.atEnd(() => context.fault('resume')(key));
}

/** Deadlines and signals of calls that were written. */
export const deadlineCases: readonly ContractCase[] = casesOf('deadline', {
  'a silent server: the call ends at its deadline, and may have run': async (context) => {
    const driver = await context.driver();
    const key = context.key('value');
    await stopped(context, driver, key);
    const startedAt = driver.clock.monotonic();
    const call = rejectsWith(driver.send(keyed('SET', key, 1), { deadlineMs: 40 }), {
      kind: 'deadline',
      code: 'DEADLINE',
      sent: 'maybe',
    });
    await context.setup.advance(40);
    await call;
    const tookMs = driver.clock.monotonic() - startedAt;
    assert.ok(tookMs >= 39 && tookMs < 40 + marginMs, `${tookMs} ms`);
  },
  'without a deadline of its own a call has that of its driver': async (context) => {
    const driver = await context.driver({ deadlineMs: 60 });
    const key = context.key('value');
    await stopped(context, driver, key);
    const call = rejectsWith(driver.send(keyed('GET', key)), { kind: 'deadline' });
    await context.setup.advance(60);
    await call;
  },
  'a repeatable command ends at its deadline all the same': async (context) => {
    const driver = await context.driver();
    const key = context.key('value');
    await stopped(context, driver, key);
    const call = rejectsWith(driver.send(repeatable(keyed('GET', key)), { deadlineMs: 40 }), {
      kind: 'deadline',
    });
    await context.setup.advance(40);
    await call;
  },
  'in a batch every command has it, and each fails on its own': async (context) => {
    const driver = await context.driver();
    const key = context.key('value');
    await stopped(context, driver, key);
    const call = started(driver.batch([keyed('INCR', key), keyed('INCR', key)], { deadlineMs: 40 }));
    await context.setup.advance(40);
    for (const outcome of await call) isError(failureOf(outcome), { kind: 'deadline', sent: 'maybe' });
  },
  'a transaction has it': async (context) => {
    const driver = await context.driver();
    const key = context.key('value');
    await stopped(context, driver, key);
    const call = started(driver.transaction([keyed('INCR', key)], { deadlineMs: 40 }));
    const rejected = rejectsWith(call, { kind: 'deadline', sent: 'maybe' });
    await context.setup.advance(40);
    await rejected;
  },
  'a late answer is never taken for that of another call': async (context) => {
    const driver = await context.driver();
    const [late, next] = [context.key('late'), context.key('next')];
    await driver.send(keyed('SET', late, 'late'));
    await driver.send(keyed('SET', next, 'next'));
    await context.fault('pause')(late);
    context.atEnd(() => context.fault('resume')(late));
    const call = rejectsWith(driver.send(keyed('GET', late), { deadlineMs: 30 }), { kind: 'deadline' });
    await context.setup.advance(30);
    await call;
    await context.fault('resume')(late);
    const values = await Promise.all(Array.from({ length: 20 }, () => driver.send(keyed('GET', next))));
    assert.deepEqual(new Set(values), new Set(['next']));
  },
  'aborted before the call, nothing is sent': async (context) => {
    const driver = await context.driver();
    const key = context.key('value');
    const reason = new Error('changed my mind');
    const options = { signal: AbortSignal.abort(reason) };
    const command = keyed('SET', key, 1);
    const error = await rejectsWith(driver.send(command, options), { kind: 'aborted', sent: 'no' });
    assert.equal(error.cause, reason);
    await rejectsWith(driver.transaction([command], options), { kind: 'aborted', sent: 'no' });
    const [outcome] = await driver.batch([command], options);
    isError(failureOf(outcome), { kind: 'aborted', sent: 'no' });
    assert.equal(await driver.send(keyed('EXISTS', key)), 0);
  },
  'aborted while it waits for the answer, a call may have run': async (context) => {
    const driver = await context.driver();
    const key = context.key('value');
    await stopped(context, driver, key);
    const controller = new AbortController();
    const call = rejectsWith(driver.send(keyed('SET', key, 1), { signal: controller.signal }), {
      kind: 'aborted',
      sent: 'maybe',
    });
    controller.abort();
    await call;
  },
  'aborted after the answer, nothing happens': async (context) => {
    const driver = await context.driver();
    const controller = new AbortController();
    assert.equal(await driver.send(keyed('GET', context.key('none')), { signal: controller.signal }), null);
    controller.abort();
    assert.equal(await driver.send(keyed('GET', context.key('none'))), null);
  },
});
