import { headOf } from './node-head.js';
import type { NodeResponseLike } from './node-response.js';
import { nodeError, seemSent } from './seem-sent.js';

/** What a held response was waiting for. */
export interface Ready {
  /** Sets headers, over those that a kept `writeHead` brings. */
  setHeaders(): void;
  /** Why the kept answer must not be sent, or null. The headers are those of the answer to that. */
  readonly refused: unknown;
}

const sending = ['writeHead', 'write', 'end', 'flushHeaders'] as const;

type Method = (...args: unknown[]) => unknown;

interface Call {
  readonly name: string;
  readonly args: readonly unknown[];
}

/**
 * Holds a response back until `ready` has resolved: from the first call that would send its head, calls are kept and made
 * afterwards. Until then it looks and acts as one that was sent: who answers twice is refused as by Node. Whoever writes a
 * stream is told to wait, so no more than that is kept. When `ready` rejects or refuses, nothing that was kept is sent, and
 * `failed` answers instead, with the response as it was before.
 */
export function holdResponse(
  response: NodeResponseLike,
  ready: () => Promise<Ready>,
  failed: (error: unknown) => void,
): void {
  const methods = response as unknown as Record<string, Method>;
  const own = new Map<string, Method>(sending.map((name) => [name, methods[name] as Method]));
  const kept: Call[] = [];
  let ended = false;
  let unseem: (() => () => void) | undefined;

  function release(): () => void {
    for (const [name, method] of own) methods[name] = method;
    return unseem?.() ?? (() => undefined);
  }

  function send(setHeaders: () => void): void {
    const [first] = kept;
    if (first?.name === 'writeHead') {
      const { args, headers } = headOf(first.args);
      kept[0] = { name: 'writeHead', args };
      for (const [name, value] of headers) response.setHeader(name, value);
    }
    setHeaders();
    const answers = kept.splice(0).map(({ name, args }) => own.get(name)?.apply(response, [...args]));
    if (answers.at(-1) === true) response.emit('drain');
  }

  async function wait(): Promise<void> {
    let hangUp: (() => void) | undefined;
    try {
      const { setHeaders, refused } = await ready();
      hangUp = release();
      if (refused === null) {
        send(setHeaders);
        hangUp();
        return;
      }
      setHeaders();
      throw refused;
    } catch (error) {
      response.once('finish', hangUp ?? release());
      failed(error);
    }
  }

  function keep(name: string, args: unknown[]): unknown {
    const waits = name === 'write' ? false : response;
    if (unseem !== undefined && name === 'writeHead') {
      throw nodeError('ERR_HTTP_HEADERS_SENT', 'Cannot write headers after they are sent to the client');
    }
    if (ended) {
      const callback = args.find((each) => typeof each === 'function') as Method | undefined;
      const error = nodeError('ERR_STREAM_WRITE_AFTER_END', 'write after end');
      if (callback !== undefined) queueMicrotask(() => callback(error));
      return waits;
    }
    kept.push({ name, args });
    ended = name === 'end';
    if (unseem === undefined) {
      unseem = seemSent(response);
      void wait();
    }
    return waits;
  }

  for (const name of sending) methods[name] = (...args) => keep(name, args);
}
