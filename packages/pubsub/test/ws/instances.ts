import type { MatrixContext } from '@penknife/matrix';
import { afterEach } from 'vitest';
import { createPubSub, type PubSub } from '../../src/index.js';
import { createSocketBridge, type SocketBridge, type SocketBridgeOptions } from '../../src/ws.js';
import { serveSockets, type TestServer } from './sockets.js';

type Options = Partial<SocketBridgeOptions<string>>;

/** A bridge, and a server of sockets in front of it. */
interface Served {
  readonly bridge: SocketBridge<string>;
  readonly server: TestServer;
}

/** Opens bridges with these channels, to everybody unless told otherwise; each ends with its test. */
export function socketInstances(
  context: MatrixContext,
  channels: SocketBridgeOptions<string>['channels'],
): {
  serve(pubsub: PubSub, options?: Options): Promise<Served>;
  /** On a pub/sub of its own, as an instance of a service has one. */
  instance(options?: Options): Promise<Served & { readonly pubsub: PubSub }>;
} {
  const opened: Served[] = [];
  afterEach(async () => {
    for (const { bridge, server } of opened.splice(0)) {
      await bridge.close();
      await server.close();
    }
  });

  async function serve(pubsub: PubSub, options: Options = {}): Promise<Served> {
    const bridge = createSocketBridge<string>(pubsub, { channels, allow: () => true, ...options });
    const server = await serveSockets(bridge);
    opened.push({ bridge, server });
    return { bridge, server };
  }
  return {
    serve,
    async instance(options) {
      const pubsub = createPubSub(await context.driver());
      return { pubsub, ...(await serve(pubsub, options)) };
    },
  };
}
