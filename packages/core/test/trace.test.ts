import { tracingChannel } from 'node:diagnostics_channel';
import { expect, it } from 'vitest';
import { defineTrace } from '../src/index.js';

it('a trace nobody listens to only runs; listened to, it tells its context and how it ended', async () => {
  const trace = defineTrace('core.test');
  let built = 0;
  const context = () => ({ count: ++built });
  expect(trace.listened).toBe(false);
  expect(await trace(context, async () => 'unheard')).toBe('unheard');
  expect(built).toBe(0);

  const heard: unknown[] = [];
  const channel = tracingChannel<string, object>('penknife:core.test');
  const listener = {
    start: () => undefined,
    end: () => undefined,
    asyncStart: () => undefined,
    asyncEnd: (told: object) => void heard.push({ ...told }),
    error: () => undefined,
  };
  channel.subscribe(listener);
  expect(trace.listened).toBe(true);
  expect(await trace(context, async () => 'heard')).toBe('heard');
  await expect(trace(context, () => Promise.reject(new Error('bad')))).rejects.toThrow('bad');
  expect(await trace.quietly(context, async () => 'a secret')).toBe('a secret');
  channel.unsubscribe(listener);
  expect(heard).toMatchObject([
    { count: 1, result: 'heard' },
    { count: 2, error: { message: 'bad' } },
    { count: 3, result: undefined },
  ]);
  expect(JSON.stringify(heard)).not.toContain('secret');
  expect(trace.listened).toBe(false);
});
