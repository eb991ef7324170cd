import { expect, it } from 'vitest';
import { createDriver, type Transport } from '../src/driver-kit.js';
import {
  type Command,
  ConnectionError,
  createManualClock,
  rawReply,
  ServerError,
  sentOf,
} from '../src/index.js';
import { transportOver } from './transport-over.js';

/** A transport whose calls fail one after another as given. */
function failing(...errors: readonly Error[]): Transport {
  const left = [...errors];
  return transportOver(() => Promise.reject(left.shift() ?? new Error('one try too many')));
}

const lost = (): ConnectionError => new ConnectionError('lost on its way', { sent: 'maybe' });
const unsent = (): ConnectionError => new ConnectionError('not connected', { sent: 'no' });
const command: Command<unknown> = { args: ['SET', 'a', 1], key: 'a', read: rawReply, repeatable: true };

/** What a call ends with, the waits between its tries passed over. */
async function outcome(gateLimit: number, ...errors: readonly Error[]): Promise<unknown> {
  const clock = createManualClock();
  const driver = createDriver(failing(...errors), { clock, gateLimit });
  const ended = driver.send(command).catch((error: unknown) => error);
  await clock.advance(1000);
  const error = await ended;
  await driver.close();
  return error;
}

it('a refusal that stands alone says that nothing ran', async () => {
  const error = await outcome(10, new ServerError('OOM command not allowed'));
  expect([sentOf(error), (error as ServerError).code]).toEqual(['no', 'OOM']);
});

it.each(['OOM command not allowed', 'READONLY You can not write', 'WRONGTYPE Operation'])(
  'a try that was lost may have run, whatever the next one is answered: %s',
  async (text) => {
    const error = await outcome(10, lost(), new ServerError(text));
    expect([sentOf(error), (error as ServerError).code]).toEqual(['maybe', text.split(' ')[0]]);
    expect((error as Error).cause).toBeInstanceOf(ServerError);
  },
);

it('so it may when nobody may wait for the next try any more', async () => {
  const clock = createManualClock();
  const driver = createDriver(failing(lost(), lost()), { clock, gateLimit: 1 });
  const [first, second] = [driver.send(command), driver.send(command)].map((call) =>
    call.catch((error: unknown) => error),
  );
  // The first waits for its next try; the second finds no place to wait in.
  expect(sentOf(await second)).toBe('maybe');
  await driver.close();
  expect(sentOf(await first)).toBe('maybe');
});

it('so it may when the next try cannot be sent, and its call ends', async () => {
  const clock = createManualClock();
  const driver = createDriver(failing(lost(), unsent(), unsent(), unsent()), { clock });
  const ended = driver.send(command, { deadlineMs: 30 }).catch((error: unknown) => error);
  await clock.advance(30);
  expect(sentOf(await ended)).toBe('maybe');
  await driver.close();
});

it('an error from inside of a script may come after what the script wrote', () => {
  const script = 'WRONGTYPE Operation script: 8a1e2f3c4d5e6f708192a3b4c5d6e7f801234567, on @user_script:1.';
  expect(sentOf(new ServerError(script))).toBe('maybe');
  expect(sentOf(new ServerError('WRONGTYPE Operation'))).toBe('no');
  expect(sentOf(new ServerError('ERR Error running script (call to f_8a1e): WRONGTYPE'))).toBe('maybe');
  expect(sentOf(new ServerError('NOSCRIPT No matching script.'))).toBe('no');
});
