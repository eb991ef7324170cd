import {
  type ClusterAdapterInside,
  type ClusterMessage,
  messageTypes,
  type OpenRequest,
} from './cluster-adapter.js';

/**
 * Knows for each request to the other servers whose answers are still to come, so that one that leaves in the middle is not
 * waited for: socket.io's `ClusterAdapter` counts answers only.
 */
export class OpenRequests {
  readonly #adapter: ClusterAdapterInside;
  readonly #missing = new Map<string, Set<string>>();
  /** Who was there when they were last counted, and who of them has left since. */
  #servers: readonly string[] = [];
  readonly #gone = new Set<string>();

  constructor(adapter: ClusterAdapterInside) {
    this.#adapter = adapter;
  }

  /** Who is there, right before a request counts on them. */
  counted(servers: readonly string[]): void {
    this.#servers = servers;
    this.#gone.clear();
  }

  /** A message goes out. */
  sent({ type, data }: ClusterMessage): void {
    if (type !== messageTypes.fetchSockets && type !== messageTypes.serverSideEmit) return;
    const { requests, uid: own } = this.#adapter;
    for (const known of this.#missing.keys()) if (!requests.has(known)) this.#missing.delete(known);
    const id = data?.requestId ?? '';
    const others = this.#servers.filter((uid) => uid !== own);
    // Counted at another moment than we remember: it waits as long as socket.io says.
    if (requests.get(id)?.expected !== others.length) return;
    this.#missing.set(id, new Set(others));
    for (const uid of this.#gone) this.#withdraw(id, uid);
  }

  /** An answer came. */
  answered({ uid, data }: ClusterMessage): void {
    this.#missing.get(data?.requestId ?? '')?.delete(uid);
  }

  /** A server has left: whatever waits for it alone is over. */
  left(uid: string): void {
    if (this.#servers.includes(uid)) this.#gone.add(uid);
    for (const id of this.#missing.keys()) this.#withdraw(id, uid);
  }

  #withdraw(id: string, uid: string): void {
    const request = this.#adapter.requests.get(id);
    if (request === undefined || this.#missing.get(id)?.delete(uid) !== true) return;
    request.expected--;
    if (request.current < request.expected) return;
    this.#adapter.requests.delete(id);
    clearTimeout(request.timeout);
    finish(request);
  }
}

function finish({ type, responses, resolve }: OpenRequest): void {
  if (type === messageTypes.fetchSockets) resolve(responses);
  else resolve(null, responses);
}
