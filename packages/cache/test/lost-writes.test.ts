import type { Driver } from '@penknife/core';
import { editedScript } from '@penknife/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Cache, cacheKeys } from '../src/index.js';
import { createGate, createStage, type Stage } from './stage.js';

let stage: Stage;
beforeEach(() => {
  stage = createStage();
});
afterEach(() => stage.close());

/** Three invalidations by somebody who knows of them, and the server's clock; and a server that comes back without them. */
async function losing(cache: Cache<number>): Promise<void> {
  await cache.get('y');
  const before = stage.redis.snapshot();
  for (let i = 0; i < 3; i++) await cache.remove('y');
  stage.redis.restore(before);
}

describe('a server that comes back without its last writes gives no position twice', () => {
  /** Sets something, knowing of what was lost, and gives what others read of it after a clear. */
  async function outliving(dress: (driver: Driver) => Driver): Promise<readonly (number | undefined)[]> {
    const made = () => stage.cache<number>({ local: false }, dress(stage.redis.driver()));
    const [a, b] = [made(), made()];
    await b.set('y', 0);
    await losing(a);
    await a.set('x', 1);
    expect(await b.get('x')).toBe(1);
    await b.clear();
    return [await a.get('x'), await b.get('x')];
  }

  it('what is set by somebody who knew of the lost ones does not outlive a clear', async () => {
    expect(await outliving((driver) => driver)).toEqual([undefined, undefined]);
  });

  it('notices positions that are given twice', async () => {
    const right = 'tonumber(position) >= tonumber(knownPosition)';
    let planted = 0;
    const twice = (driver: Driver): Driver => ({
      ...driver,
      send(command, call) {
        if (command.script?.lua.includes(right)) planted++;
        return driver.send(
          editedScript(command, (lua) => lua.replace(right, 'true')),
          call,
        );
      },
    });
    expect(await outliving(twice)).toEqual([1, 1]);
    expect(planted).toBeGreaterThan(5);
  });

  it('what is written through, or bears a tag, falls with a clear and with its tag', async () => {
    for (const act of ['clear', 'removeTags'] as const) {
      const [a, b] = [stage.cache<number>({ local: false }), stage.cache<number>({ local: false })];
      const options = { tags: ['t'] };
      await b.set('y', 0, options);
      await losing(a);
      await a.writeThrough('x', 1, async () => undefined, options);
      if (act === 'clear') await b.clear();
      else await b.removeTags(['t']);
      expect([await a.get('x', options), await b.get('x')]).toEqual([undefined, undefined]);
    }
  });

  it('what was being loaded with a lease of after, and the position of before, is not kept', async () => {
    const inner = stage.redis.driver();
    const gate = createGate();
    const asking = createGate();
    const driver: Driver = {
      ...inner,
      async send(command, call) {
        if (command.script?.name === 'cache/enter') {
          asking.open();
          await gate.opened;
        }
        return inner.send(command, call);
      },
    };
    const [a, b] = [stage.cache<number>({ local: false }, driver), stage.cache<number>({ local: false })];
    await b.set('y', 0);
    await a.get('y');
    const before = stage.redis.snapshot();
    for (let i = 0; i < 3; i++) await a.remove('y');
    const loading = a.getOrSet('x', () => 1);
    await asking.opened;
    stage.redis.restore(before);
    gate.open();
    expect(await loading).toBe(1);
    await b.clear();
    expect(await b.get('x')).toBeUndefined();
  });

  it('a log that is ahead of its record fails no invalidation', async () => {
    const [a, b] = [stage.cache<number>(), stage.cache<number>()];
    await a.set('x', 1);
    expect(await b.get('x')).toBe(1);
    const driver = stage.redis.driver();
    const log = cacheKeys.in('pk').log('default');
    await driver.send({ args: ['XADD', log, '50-0', 'key', 'z'], key: log, read: String });
    await a.remove('x');
    await stage.clock.advance(600);
    expect([b.peek('x'), await b.get('x')]).toEqual([undefined, undefined]);
    await driver.close();
  });

  it('a tier whose process asks again after its connections broke hears of what is invalidated from then on', async () => {
    const [a, b] = [stage.cache<number>(), stage.cache<number>({ local: false })];
    await b.set('x', 1);
    expect(await a.get('x')).toBe(1);
    await losing(a);
    expect(a.peek('x')).toBe(1);
    stage.redis.faults.cut();
    await stage.clock.advance(100);
    for (let i = 0; i < 2; i++) await b.remove('y');
    await b.remove('x');
    await stage.clock.advance(1000);
    expect(a.peek('x')).toBeUndefined();
    expect(await a.get('x')).toBeUndefined();
  });
});
