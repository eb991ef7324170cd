import type { Driver } from '@penknife/core';
import { compareIds } from '@penknife/streams';

const liftedKey = 'arena:{orders}:curse-lifted';
const liftedLiveMs = 86_400_000;

/** Lifts the curse from every order up to this entry of the log; later ones are as cursed as ever. */
export async function liftCurse(driver: Driver, upTo: string): Promise<void> {
  await driver.send({
    args: ['SET', liftedKey, upTo, 'PX', liftedLiveMs],
    key: liftedKey,
    repeatable: true,
    read: String,
  });
}

/** Whether the curse on this entry still stands. */
export async function isCursed(driver: Driver, id: string): Promise<boolean> {
  const read = (reply: unknown) => (reply === null ? undefined : String(reply));
  const upTo = await driver.send({ args: ['GET', liftedKey], key: liftedKey, repeatable: true, read });
  return upTo === undefined || compareIds(id, upTo) > 0;
}
