import { headOf } from './node-head.js';

/** What is needed of a response of Node's `http`. */
export interface NodeResponseLike {
  readonly headersSent: boolean;
  getHeader(name: string): number | string | readonly string[] | undefined;
  setHeader(name: string, value: number | string | readonly string[]): unknown;
  emit(event: 'drain'): boolean;
}

const sending = ['writeHead', 'write', 'end', 'flushHeaders'] as const;

type Method = (...args: unknown[]) => unknown;

interface Call {
  readonly name: string;
  readonly args: readonly unknown[];
}

/**
 * Holds a response back until `ready` has resolved: from the first call that would send its head, calls are kept and made
 * afterwards. Whoever writes a stream is told to wait, so no more than that is kept. What `ready` resolves to sets headers, over
 * those that a kept `writeHead` brings. When `ready` rejects nothing is sent, and `failed` answers instead, with the response as
 * it was before.
 */
export function holdResponse(
  response: NodeResponseLike,
  ready: () => Promise<() => void>,
  failed: (error: unknown) => void,
): void {
  const methods = response as unknown as Record<string, Method>;
  const own = new Map<string, Method>(sending.map((name) => [name, methods[name] as Method]));
  const kept: Call[] = [];
  let asked = false;

  const release = (): void => {
    for (const [name, method] of own) methods[name] = method;
  };

  function send(setHeaders: () => void): void {
    release();
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

  function keep(name: string, args: unknown[]): unknown {
    kept.push({ name, args });
    if (!asked) {
      asked = true;
      ready()
        .then(send)
        .catch((error: unknown) => {
          release();
          failed(error);
        });
    }
    return name === 'write' ? false : response;
  }

  for (const name of sending) methods[name] = (...args) => keep(name, args);
}
