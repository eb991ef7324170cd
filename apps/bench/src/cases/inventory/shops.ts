import { createIoredisDriver } from '@penknife/driver-ioredis';
import { createInventory } from '@penknife/inventory';
import { Redis } from 'ioredis';
import type { BenchContext } from '../../case.js';
import type { Shop } from './shop.js';

/** Connections of a shop: as many processes, as it were. */
export const connections = 16;
const item = 'poster';

function connect(url: string): readonly Redis[] {
  return Array.from({ length: connections }, () => new Redis(url));
}

function disconnect(clients: readonly Redis[]): void {
  for (const client of clients) client.disconnect();
}

/** Held by one script, confirmed by another. */
export async function penknifeShop({ server }: Pick<BenchContext, 'server'>): Promise<Shop> {
  const clients = connect(server.url);
  const drivers = clients.map((client) => createIoredisDriver(client));
  const shops = drivers.map((driver) => createInventory(driver, { name: 'posters' }));
  const [shop] = shops;
  if (shop === undefined) throw new Error('a shop needs a connection');
  let carts = 0;
  return {
    name: 'penknife reserve and confirm',
    guarantees: 'never oversold; held while it is paid, back by itself, once under client retry',
    restock: async (quantity) => void (await shop.setStock(item, quantity)),
    async buy(buyer) {
      const mine = shops[buyer % connections] ?? shop;
      const id = `cart-${carts++}`;
      const held = await mine.reserve({ [item]: 1 }, { id });
      return held.ok && (await mine.confirm(id)).ok;
    },
    async close() {
      await Promise.all(drivers.map((driver) => driver.close()));
      disconnect(clients);
    },
  };
}

/** Looks, decides, writes: what two do at once is sold twice. */
export async function naiveShop({ server }: Pick<BenchContext, 'server'>): Promise<Shop> {
  const clients = connect(server.url);
  const key = 'naive:stock';
  return {
    name: 'GET, then SET',
    guarantees: 'none: what two see at once is sold twice',
    restock: async (quantity) => void (await clients[0]?.set(key, quantity)),
    async buy(buyer) {
      const client = clients[buyer % connections];
      const left = Number(await client?.get(key));
      if (left <= 0) return false;
      await client?.set(key, left - 1);
      return true;
    },
    close: async () => disconnect(clients),
  };
}

/** Optimistic: whoever was overtaken begins anew. One buyer at a time on a connection, since WATCH belongs to it. */
export async function watchShop({ server }: Pick<BenchContext, 'server'>): Promise<Shop> {
  const clients = connect(server.url);
  const queues: Promise<unknown>[] = clients.map(() => Promise.resolve());
  const key = 'watch:stock';
  let [tries, sold] = [0, 0];

  async function attempt(client: Redis): Promise<boolean> {
    for (;;) {
      await client.watch(key);
      const left = Number(await client.get(key));
      if (left <= 0) {
        await client.unwatch();
        return false;
      }
      tries++;
      const done = await client
        .multi()
        .set(key, left - 1)
        .exec();
      if (done !== null) {
        sold++;
        return true;
      }
    }
  }

  return {
    name: 'WATCH, MULTI, EXEC',
    guarantees: 'never oversold; nothing is held while it is paid; thrashes when many want it',
    restock: async (quantity) => void (await clients[0]?.set(key, quantity)),
    buy(buyer) {
      const lane = buyer % connections;
      const client = clients[lane];
      if (client === undefined) throw new Error('a shop needs a connection');
      const mine = (queues[lane] ?? Promise.resolve()).then(() => attempt(client));
      queues[lane] = mine;
      return mine;
    },
    triesASale: () => tries / Math.max(1, sold),
    close: async () => disconnect(clients),
  };
}
