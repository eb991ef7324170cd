import assert from 'node:assert/strict';
import type { PenknifeError } from '@penknife/core';
import { type ContractCase, casesOf } from './contract-case.js';
import { settledAll } from './gate-cases.js';
import { endsUnanswered, keyed, keyless, rejectsWith, repeatable, started } from './raw-commands.js';

/** Connections that break: at most once, and honest about it. */
export const faultCases: readonly ContractCase[] = [
  ...casesOf('faults', {
    'the server dies while commands are on their way: they may have run, only repeatable ones come again':
      async (context) => {
        const driver = await context.driver();
        const key = context.key('value');
        await driver.send(keyed('DEL', key));
        await context.fault('pause')(key);
        context.atEnd(() => context.fault('restart')(key));
        const once = rejectsWith(driver.send(keyed('INCR', key), { deadlineMs: 1000 }), {
          kind: 'connection',
          sent: 'maybe',
        });
        const exec = rejectsWith(driver.transaction([keyed('INCR', key)]), {
          kind: 'connection',
          sent: 'maybe',
        });
        const again = started(driver.send(repeatable(keyed('GET', key)), { deadlineMs: 10_000 }));
        // One turn of the event loop: what was sent is written.
        await context.setup.advance(5);
        await context.fault('kill')(key);
        await Promise.all([once, exec]);
        await context.fault('restart')(key);
        await context.eventually('the repeatable one is answered', settledAll([again]), 2);
        // The server came back empty or with what it had: but nothing was sent twice.
        assert.ok([null, '0'].includes((await again) as string | null));
      },
    'a command is never counted twice, however often connections break': async (context) => {
      const driver = await context.driver();
      const key = context.key('counts');
      const cut = context.fault('cutConnections');
      const fates = new Map<number, 'ran' | 'maybe'>();
      let calls = 0;
      async function count(): Promise<void> {
        const call = calls++;
        try {
          await driver.send(keyed('HINCRBY', key, String(call), 1), { deadlineMs: 10_000 });
          fates.set(call, 'ran');
        } catch (error) {
          assert.equal((error as PenknifeError).code, 'CONNECTION');
          if ((error as { sent?: string }).sent === 'maybe') fates.set(call, 'maybe');
        }
      }
      for (let round = 0; round < 8; round++) {
        const sent = Array.from({ length: 60 }, () => started(count()));
        const broken = round % 2 === 0 ? cut() : context.setup.advance(1).then(cut);
        await broken;
        await context.eventually('all are settled', settledAll(sent), 2);
        await Promise.all(sent);
      }
      const stored = (await context.passing(driver.send(repeatable(keyed('HGETALL', key))))) as string[];
      const counted = new Map<number, string>();
      for (let i = 0; i < stored.length; i += 2) counted.set(Number(stored[i]), stored[i + 1] as string);
      for (const [call, count] of counted) {
        assert.equal(count, '1', `call ${call} ran ${count} times`);
        assert.ok(fates.has(call), `call ${call} ran, although its caller was told that it was not sent`);
      }
      for (const [call, fate] of fates)
        if (fate === 'ran') assert.ok(counted.has(call), `call ${call} is lost`);
    },
    'after a cut the next calls are served by a new connection': async (context) => {
      const driver = await context.driver();
      await driver.send(keyless('PING'));
      await context.fault('cutConnections')();
      const call = started(driver.send(repeatable(keyless('PING')), { deadlineMs: 10_000 }));
      await context.eventually('it is answered', settledAll([call]), 2);
      assert.equal(await call, 'PONG');
    },
    'while the server loads its data calls wait, until their deadline': async (context) => {
      const driver = await context.driver();
      const key = context.key('value');
      await driver.send(keyed('SET', key, 'kept'));
      const { done } = await context.fault('load')();
      const loaded = settledAll([done]);
      context.atEnd(() => context.eventually('it has loaded', loaded));
      const waiting = started(driver.send(keyed('GET', key), { deadlineMs: 10_000 }));
      await context.passing(endsUnanswered(driver.send(keyed('SET', key, 'lost'), { deadlineMs: 30 })));
      await context.eventually('it has loaded', loaded);
      await context.eventually('it is answered', settledAll([waiting]), 2);
      assert.equal(await waiting, 'kept');
    },
  }),
];
