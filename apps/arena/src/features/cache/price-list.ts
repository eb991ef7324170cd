import type { Driver } from '@penknife/core';

/** What the shop sells. */
export const products = ['knife', 'whetstone', 'sheath', 'strop', 'oil', 'compass'] as const;

/** Where prices truly live: slow, as databases are. */
export interface PriceList {
  /** Prices in cents, of those asked for. */
  read(names: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Makes one dearer; gives its new price. */
  raise(name: string): Promise<number>;
}

const pricesKey = 'arena:{prices}:list';
const pricesLiveMs = 7 * 86_400_000;
const slowMs = 150;

/** Opens the list all instances share. A product that was never changed costs ten. */
export function openPriceList(driver: Driver): PriceList {
  const opening = (name: string): number => 1000 + 100 * (products as readonly string[]).indexOf(name);
  return {
    async read(names) {
      await driver.clock.sleep(slowMs);
      const raised = await driver.send({
        args: ['HMGET', pricesKey, ...names],
        key: pricesKey,
        repeatable: true,
        read: (reply) => (Array.isArray(reply) ? reply.map(Number) : []),
      });
      return new Map(names.map((name, i) => [name, opening(name) + (raised[i] ?? 0)]));
    },
    async raise(name) {
      const [raised, kept] = await driver.batch([
        { args: ['HINCRBY', pricesKey, name, 100], key: pricesKey, read: Number },
        { args: ['PEXPIRE', pricesKey, pricesLiveMs], key: pricesKey, repeatable: true, read: Number },
      ]);
      for (const outcome of [raised, kept]) if (!outcome.ok) throw outcome.error;
      return opening(name) + (raised.ok ? raised.value : 0);
    },
  };
}
