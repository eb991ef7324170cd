import { type Command, type Driver, okReply } from '@penknife/core';
import { fenced, type Lock, type Locks } from '@penknife/locks';

/** How often the one scheduler of all instances does its work, in ms. */
const tickMs = 250;
const resource = 'arena-scheduler';
const ticksKey = 'arena:{scheduler}:ticks';
const stepDownKey = 'arena:{scheduler}:step-down';
const ticksLiveMs = 3_600_000;
const ticked: Command<number> = { args: ['GET', ticksKey], key: ticksKey, repeatable: true, read: Number };

/**
 * Runs for office beside the other instances: whoever is elected ticks, until it is lost, asked to step down, or this
 * instance ends. Each tick is written under the term's fence, so a scheduler that overslept its lease changes nothing.
 */
export async function runScheduler(driver: Driver, locks: Locks, ending: AbortSignal): Promise<void> {
  await locks.campaign(resource, {
    signal: ending,
    onElected: ({ lock, signal }) => tick(driver, lock, signal),
  });
}

/** Who is the scheduler, who waits, and how often it has ticked. */
export async function schedulerState(driver: Driver, locks: Locks): Promise<object> {
  const [{ holder, waiting, at }, ticks] = await Promise.all([locks.inspect(resource), driver.send(ticked)]);
  return {
    holder: holder?.owner ?? null,
    fence: holder?.fence.toString() ?? null,
    forMs: holder === undefined ? null : at - holder.since,
    waiting: waiting.length,
    ticks,
  };
}

/** Asks the present scheduler, wherever it is, to let the next one have its turn. */
export async function askToStepDown(driver: Driver): Promise<void> {
  await driver.send({
    args: ['SET', stepDownKey, '1', 'PX', 5000],
    key: stepDownKey,
    repeatable: true,
    read: String,
  });
}

async function tick(driver: Driver, lock: Lock, over: AbortSignal): Promise<void> {
  // Counted here, and written with its TTL in one act: of two schedulers the older one's write is refused.
  for (let ticks = (await driver.send(ticked)) + 1; !over.aborted; ticks++) {
    const asked = {
      args: ['GETDEL', stepDownKey],
      key: stepDownKey,
      read: (reply: unknown) => reply !== null,
    } as const;
    if (await driver.send(asked)) return;
    const command = {
      args: ['SET', ticksKey, String(ticks), 'PX', ticksLiveMs],
      key: ticksKey,
      read: okReply('SET'),
    } as const;
    const written = await driver.send(fenced(command, lock.fence));
    if (!written.applied) return;
    await pause(driver, tickMs, over);
  }
}

/** Waits, or until the signal: both are fine. */
async function pause(driver: Driver, forMs: number, until: AbortSignal): Promise<void> {
  try {
    await driver.clock.sleep(forMs, until);
  } catch (reason) {
    if (!until.aborted) throw reason;
  }
}
