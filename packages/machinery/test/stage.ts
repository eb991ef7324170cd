import { type Driver, defineScript, fragments, integerReply, type ScriptCall } from '@penknife/core';
import { dueSetFragments } from '../src/index.js';

/** Adds members to a due set as a pattern's own script would: due in so many ms of the server's time. */
const addScript: ScriptCall<number, 1, number> = defineScript({
  name: 'machinery-test/add',
  lua: `local now = nowMs()
for i = 2, #ARGV do addDue(KEYS[1], ARGV[i], now + ARGV[1], now, 60000) end
return redis.call('PTTL', KEYS[1])`,
  fragments: [fragments.nowMs, ...dueSetFragments],
  keys: 1,
  args: 'any',
  read: integerReply('machinery-test/add'),
});

/** Lists members as due in `inMs`; gives the TTL of the set. */
export function add(driver: Driver, key: string, inMs: number, members: readonly string[]): Promise<number> {
  return driver.send(addScript([key], [inMs, ...members]));
}

/** Lets time pass in small steps until `check` holds. */
export async function eventually(
  advance: (ms: number) => Promise<void>,
  what: string,
  check: () => boolean | Promise<boolean>,
): Promise<void> {
  for (let waitedMs = 0; waitedMs < 5000; waitedMs += 5) {
    if (await check()) return;
    await advance(5);
  }
  throw new Error(`${what}: not within 5 s`);
}
