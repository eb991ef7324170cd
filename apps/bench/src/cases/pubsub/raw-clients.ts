import { Redis } from 'ioredis';
import { createClient } from 'redis';
import type { Contestant } from '../../case.js';
import { untimedClient } from '../untimed-client.js';
import { exchange, payload } from './exchange.js';

const guarantees = 'none: JSON over PUBLISH; a cut goes unnoticed';

/** ioredis itself, with JSON at both ends. */
export function rawIoredis(url: string): Promise<Contestant> {
  return exchange('ioredis itself', guarantees, async (delivered) => {
    const [here, there] = [new Redis(url), new Redis(url)];
    there.on('message', (_, text: string) => {
      JSON.parse(text);
      delivered();
    });
    await there.subscribe('raw-client');
    return {
      publish: () => here.publish('raw-client', JSON.stringify(payload)),
      close() {
        here.disconnect();
        there.disconnect();
      },
    };
  });
}

/** node-redis itself, with JSON at both ends. */
export function rawNodeRedis(url: string): Promise<Contestant> {
  return exchange('node-redis itself, timer off', guarantees, async (delivered) => {
    const here = await untimedClient(url);
    const there = await createClient({ url, RESP: 2 }).connect();
    await there.subscribe('raw-client', (text) => {
      JSON.parse(text);
      delivered();
    });
    return {
      publish: () => here.sendCommand(['PUBLISH', 'raw-client', JSON.stringify(payload)]),
      close() {
        here.destroy();
        there.destroy();
      },
    };
  });
}
