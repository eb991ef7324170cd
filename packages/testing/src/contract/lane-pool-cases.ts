import assert from 'node:assert/strict';
import { createLanePool, type Driver, type Lane, optimistic, type PenknifeError } from '@penknife/core';
import { type ContractCase, casesOf } from './contract-case.js';
import { keyed, keyless, rejectsWith, started } from './raw-commands.js';

/** A promise and what settles it, for cases that order events by hand. */
function latch(): { readonly opened: Promise<void>; open(): void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

/** The bounded pool of lanes, and the optimistic transaction on it. */
export const lanePoolCases: readonly ContractCase[] = [
  ...casesOf('lane pool', {
    'no more lanes than its limit, and those who wait come in order': async (context) => {
      const driver = await context.driver();
      const pool = createLanePool(driver, { limit: 2 });
      context.atEnd(() => pool.close());
      const [gate, order, lanes] = [latch(), [] as number[], new Set<Lane>()];
      let out = 0;
      let most = 0;
      const runs = Array.from({ length: 10 }, (_, i) =>
        started(
          pool.use(
            async (lane) => {
              most = Math.max(most, ++out);
              order.push(i);
              lanes.add(lane);
              await gate.opened;
              await lane.send(keyless('PING'));
              out--;
            },
            { key: context.key('any') },
          ),
        ),
      );
      await context.eventually('both lanes are out', () => out === 2);
      gate.open();
      await Promise.all(runs);
      assert.equal(most, 2);
      assert.equal(lanes.size, 2);
      assert.deepEqual(order.slice(2), [2, 3, 4, 5, 6, 7, 8, 9]);
    },
    'a lane that was lost is never handed out again': async (context) => {
      const driver = await context.driver();
      const pool = createLanePool(driver, { limit: 1 });
      context.atEnd(() => pool.close());
      const first = await pool.use(async (lane) => lane);
      await first.close();
      const second = await pool.use(async (lane) => {
        assert.equal(await lane.send(keyless('PING')), 'PONG');
        return lane;
      });
      assert.notEqual(second, first);
      assert.equal(await pool.use(async (lane) => lane), second);
    },
    'a run that throws gives its lane back': async (context) => {
      const pool = createLanePool(await context.driver(), { limit: 1 });
      context.atEnd(() => pool.close());
      await assert.rejects(
        pool.use(async () => Promise.reject(new Error('planted'))),
        /planted/,
      );
      assert.equal(await pool.use((lane) => lane.send(keyless('PING'))), 'PONG');
    },
    'a caller that gives up leaves the line': async (context) => {
      const pool = createLanePool(await context.driver(), { limit: 1 });
      context.atEnd(() => pool.close());
      const gate = latch();
      const holder = started(pool.use(() => gate.opened));
      const controller = new AbortController();
      const gone = rejectsWith(
        pool.use(async () => 'ran', { signal: controller.signal }),
        { kind: 'aborted', sent: 'no' },
      );
      const next = started(pool.use(async () => 'ran'));
      controller.abort();
      await gone;
      gate.open();
      await holder;
      assert.equal(await next, 'ran');
    },
    'a signal that is none is refused at once, and takes nobody’s place': async (context) => {
      const pool = createLanePool(await context.driver(), { limit: 1 });
      context.atEnd(() => pool.close());
      const gate = latch();
      const holder = started(pool.use(() => gate.opened));
      await rejectsWith(
        pool.use(async () => 'ran', { signal: 5 as never }),
        { kind: 'invalid-argument', says: /signal must be an AbortSignal/ },
      );
      gate.open();
      await holder;
      assert.equal(await pool.use(async () => 'ran'), 'ran');
    },
    'a caller whose time is up leaves the line': async (context) => {
      const pool = createLanePool(await context.driver(), { limit: 1 });
      context.atEnd(() => pool.close());
      const gate = latch();
      const holder = started(pool.use(() => gate.opened));
      const late = rejectsWith(
        pool.use(async () => 'ran', { deadlineMs: 30 }),
        { kind: 'connection', sent: 'no', says: /no lane came free within the deadline of 30 ms/ },
      );
      const next = started(pool.use(async () => 'ran'));
      await context.setup.advance(30);
      await late;
      gate.open();
      await holder;
      assert.equal(await next, 'ran');
    },
    'a caller whose lane is not opened in time is told; the lane is for the next': async (context) => {
      const driver = await context.driver();
      const [asked, gate] = [latch(), latch()];
      let opened = 0;
      const slow: Pick<Driver, 'openLane' | 'topology' | 'clock'> = {
        clock: driver.clock,
        topology: driver.topology,
        async openLane(options) {
          asked.open();
          await gate.opened;
          opened++;
          return driver.openLane(options);
        },
      };
      const pool = createLanePool(slow, { limit: 1 });
      context.atEnd(() => pool.close());
      const controller = new AbortController();
      let ran = 0;
      const late = rejectsWith(
        pool.use(async () => ran++, { deadlineMs: 30 }),
        { kind: 'connection', sent: 'no', says: /no lane was opened within the deadline of 30 ms/ },
      );
      const gone = rejectsWith(
        pool.use(async () => ran++, { signal: controller.signal }),
        { kind: 'aborted', sent: 'no' },
      );
      const next = started(pool.use((lane) => lane.send(keyless('PING'))));
      await asked.opened;
      await context.setup.advance(30);
      await late;
      controller.abort();
      await gone;
      gate.open();
      assert.equal(await next, 'PONG');
      assert.deepEqual([ran, opened], [0, 1]);
    },
    'its end refuses those who wait and ends those who run': async (context) => {
      const pool = createLanePool(await context.driver(), { limit: 1 });
      const key = context.key('list');
      const running = latch();
      const run = rejectsWith(
        pool.use(
          (lane) => {
            running.open();
            return lane.send(keyed('BLPOP', key, 0));
          },
          { key },
        ),
        { kind: 'closed' },
      );
      await running.opened;
      const waiting = rejectsWith(
        pool.use(async () => 'ran'),
        { kind: 'closed' },
      );
      await pool.close();
      await Promise.all([run, waiting]);
      await rejectsWith(
        pool.use(async () => 'ran'),
        { kind: 'closed' },
      );
    },
  }),
  ...casesOf('optimistic', {
    'a conflict is tried again, with fresh values': async (context) => {
      const driver = await context.driver();
      const pool = createLanePool(driver, { limit: 1 });
      context.atEnd(() => pool.close());
      const key = context.key('stock');
      await driver.send(keyed('SET', key, 10));
      const seen: unknown[] = [];
      const result = optimistic(driver, pool, [key], async (lane) => {
        const value = Number(await lane.send(keyed('GET', key)));
        seen.push(value);
        if (seen.length < 3) await driver.send(keyed('INCR', key));
        return [keyed('SET', key, value * 2)];
      });
      let settled = false;
      const done = result.finally(() => {
        settled = true;
      });
      await context.eventually('it is through', () => settled);
      assert.deepEqual(await done, [{ ok: true, value: 'OK' }]);
      assert.deepEqual(seen, [10, 11, 12]);
      assert.equal(await driver.send(keyed('GET', key)), '24');
    },
    'after its last try it says conflict, and null abandons': async (context) => {
      const driver = await context.driver();
      const pool = createLanePool(driver, { limit: 1 });
      context.atEnd(() => pool.close());
      const key = context.key('stock');
      const spoiled = await optimistic(
        driver,
        pool,
        [key],
        async () => {
          await driver.send(keyed('INCR', key));
          return [keyed('SET', key, 'ours')];
        },
        { attempts: 1 },
      );
      assert.equal(spoiled, 'conflict');
      assert.equal(await optimistic(driver, pool, [key], async () => null), 'abandoned');
      assert.equal(await driver.send(keyed('GET', key)), '1');
    },
    'a plan that gives neither commands nor null is refused, and nothing is written': async (context) => {
      const driver = await context.driver();
      const pool = createLanePool(driver, { limit: 1 });
      context.atEnd(() => pool.close());
      const key = context.key('stock');
      for (const given of [keyed('SET', key, 1), undefined, 'SET'])
        await rejectsWith(
          optimistic(driver, pool, [key], async () => given as never),
          { kind: 'invalid-argument', says: /what plan gave must be an array of commands, or null/ },
        );
      assert.equal(await optimistic(driver, pool, [key], async () => []), 'abandoned');
      assert.equal(await driver.send(keyed('EXISTS', key)), 0);
    },
    'its deadline is one for all tries': async (context) => {
      const driver = await context.driver();
      const pool = createLanePool(driver, { limit: 1 });
      context.atEnd(() => pool.close());
      const key = context.key('stock');
      const given: number[] = [];
      const endless = assert.rejects(
        optimistic(
          driver,
          pool,
          [key],
          async (_lane, { deadlineMs = 0 }) => {
            given.push(deadlineMs);
            await driver.send(keyed('INCR', key));
            await context.setup.advance(50);
            return [keyed('SET', key, 'ours')];
          },
          { attempts: 1000, deadlineMs: 300 },
        ),
        // Between two commands, or, on a slow machine, during one.
        (error: PenknifeError) => error.code === 'CONNECTION' || error.code === 'DEADLINE',
      );
      await context.passing(endless);
      assert.deepEqual(
        given,
        [...given].sort((a, b) => b - a),
      );
      assert.ok(given.length <= 7, `${given.length} tries`);
    },
    'a server that falls silent while the plan is made holds nobody beyond the deadline': async (context) => {
      const driver = await context.driver();
      const pool = createLanePool(driver, { limit: 1 });
      context.atEnd(() => pool.close());
      const key = context.key('stock');
      await driver.send(keyed('DEL', key), { deadlineMs: 5000 });
      const given = optimistic(
        driver,
        pool,
        [key],
        async () => {
          await context.fault('pause')(key);
          context.atEnd(() => context.fault('resume')(key));
          return null;
        },
        { deadlineMs: 5000 },
      );
      assert.equal(await context.passing(given), 'abandoned');
    },
    'a transaction that is refused leaves no watch on the lane': async (context) => {
      const driver = await context.driver();
      const pool = createLanePool(driver, { limit: 1 });
      context.atEnd(() => pool.close());
      const [key, other] = [context.key('watched'), context.key('other')];
      const refusedPlan = optimistic(driver, pool, [key], async () => [keyed('SET', other, Number.NaN)]);
      await rejectsWith(refusedPlan, {
        kind: 'invalid-argument',
        says: /argument 2 of SET must be .*; given: NaN$/,
      });
      await driver.send(keyed('SET', key, 1));
      const next = await pool.use((lane) => lane.transaction([keyed('SET', other, 1)]), { key });
      assert.notEqual(next, 'aborted');
    },
    'eight at once on one key lose no update': async (context) => {
      const driver = await context.driver();
      const pool = createLanePool(driver, { limit: 8 });
      context.atEnd(() => pool.close());
      const key = context.key('counter');
      await driver.send(keyed('SET', key, 0));
      const bump = (): Promise<unknown> =>
        optimistic(
          driver,
          pool,
          [key],
          async (lane) => [keyed('SET', key, Number(await lane.send(keyed('GET', key))) + 1)],
          { attempts: 100 },
        );
      let done = 0;
      const bumps = Array.from({ length: 8 }, async () => {
        for (let i = 0; i < 4; i++) assert.notEqual(await bump(), 'conflict');
        done++;
      });
      const all = started(Promise.all(bumps));
      await context.eventually('all are through', () => done === 8, 2);
      await all;
      assert.equal(await driver.send(keyed('GET', key)), '32');
    },
  }),
  ...casesOf(
    'lane pool',
    {
      'keys of many slots share its limit': async (context) => {
        const driver = await context.driver();
        let open = 0;
        let most = 0;
        const counting: Pick<Driver, 'openLane' | 'topology' | 'clock'> = {
          clock: driver.clock,
          topology: driver.topology,
          async openLane(options) {
            const lane = await driver.openLane(options);
            most = Math.max(most, ++open);
            lane.lost.addEventListener('abort', () => open--, { once: true });
            return lane;
          },
        };
        const pool = createLanePool(counting, { limit: 3 });
        context.atEnd(() => pool.close());
        for (let burst = 0; burst < 4; burst++) {
          const uses = Array.from({ length: 6 }, (_, i) =>
            pool.use((lane) => lane.send(keyless('PING')), { key: context.key('any', `${burst}-${i}`) }),
          );
          await context.passing(Promise.all(uses));
        }
        assert.equal(most, 3);
      },
    },
    ['cluster'],
  ),
];
