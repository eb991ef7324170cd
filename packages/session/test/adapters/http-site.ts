import { once } from 'node:events';
import type { RequestListener, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Jar } from '../browser.js';

/** A site on a free port of this machine, and a browser for it. */
export interface Site {
  readonly address: string;
  ask(path: string, jar?: Jar, init?: RequestInit): Promise<Response>;
  close(): Promise<void>;
}

/** Serves until `close`. */
export async function serve(listener: RequestListener): Promise<Site> {
  const server: Server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    address,
    async ask(path, jar = new Jar(), init = {}) {
      const headers = { ...jar.headers, ...(init.headers as Record<string, string> | undefined) };
      const answer = await fetch(address + path, { ...init, headers, redirect: 'manual' });
      for (const setCookie of answer.headers.getSetCookie()) {
        if (!setCookie.startsWith('theirs=')) jar.take(setCookie);
      }
      return answer;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
