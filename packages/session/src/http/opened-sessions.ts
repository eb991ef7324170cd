import { SessionStateError } from '../errors.js';
import type { Session } from '../session.js';
import type { RequestSession } from './request-session.js';

/** Which session each request of a framework has, or why it has none. */
export class OpenedSessions<Data extends object> {
  readonly #kind: string;
  readonly #opened = new WeakMap<object, RequestSession<Data>>();
  readonly #failed = new WeakMap<object, { readonly error: unknown }>();

  /** `kind`: what opens them, as the framework calls it. */
  constructor(kind: 'middleware' | 'plugin') {
    this.#kind = kind;
  }

  /** Notes how opening a request's session went, whatever it came to. */
  async note(request: object, opening: Promise<RequestSession<Data>>): Promise<RequestSession<Data>> {
    try {
      const opened = await opening;
      this.#opened.set(request, opened);
      return opened;
    } catch (error) {
      this.#failed.set(request, { error });
      throw error;
    }
  }

  /** What a request has of a session, or undefined. */
  found(request: object): RequestSession<Data> | undefined {
    return this.#opened.get(request);
  }

  /**
   * The session of a request. Throws what opening it failed with, so that nothing goes on as somebody unknown, and `SessionStateError` for
   * a request that was never seen.
   */
  sessionOf(request: object): Session<Data> {
    const opened = this.#opened.get(request);
    if (opened !== undefined) return opened.session;
    const failed = this.#failed.get(request);
    if (failed !== undefined) throw failed.error;
    throw new SessionStateError(`the session ${this.#kind} does not run for this request`);
  }
}
