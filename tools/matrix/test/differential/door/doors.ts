import { createMemoryRedis } from '@penknife/driver-memory';
import { startServer as startDoor } from '@penknife/driver-memory/server';
import { startServer } from '@penknife/redis-servers';

/** A port that is talked to. */
export interface Door {
  readonly port: number;
  close(): Promise<void>;
}

/** The engine in this process, behind its door. */
export async function openEngineDoor(): Promise<Door> {
  const redis = createMemoryRedis({ seed: 1 });
  const server = await startDoor(redis);
  return {
    port: server.port as number,
    async close() {
      await server.close();
      redis.close();
    },
  };
}

/** A private Redis 7.0. */
export async function openReferenceDoor(): Promise<Door> {
  const server = await startServer({ flavour: 'redis-7.0' });
  return { port: server.port, close: () => server.stop() };
}
