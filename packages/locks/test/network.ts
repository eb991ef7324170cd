import {
  AbortedError,
  type CallOptions,
  type Command,
  ConnectionError,
  DeadlineError,
  type Driver,
  type Feed,
  type FeedSink,
} from '@penknife/core';

interface Request {
  /** Runs it on the server; its answer is then on its way back. */
  arrive(): Promise<void>;
  lose(): void;
}

/** Watches what a server answers to a command. */
export type Witness = (command: Command<unknown>, answer: unknown) => void;

/**
 * The connection of one process, on which everything can be held up: requests before they arrive, answers before they are
 * read, pushes before they are heard. In order, as on one connection. A request whose caller gave up still arrives.
 */
export interface Link {
  readonly driver: Driver;
  /** While false everything passes at once. */
  held: boolean;
  /** While true pushes are lost, without a gap. */
  deaf: boolean;
  /** How many requests, answers and pushes are under way. */
  readonly underWay: { readonly requests: number; readonly answers: number; readonly pushes: number };
  request(): Promise<void>;
  answer(): void;
  push(): void;
  /** Lets everything pass that is under way, and from then on. */
  release(): Promise<void>;
  /** Cuts it; what was under way to the server arrives when each of these is called. */
  strand(): readonly (() => Promise<void>)[];
  /** Cuts it: every caller hears of a lost connection; what was under way to the server is lost, or arrives all the same. */
  cut(arrivesAnyway: boolean): Promise<void>;
}

/** Puts a link before a driver. `rewrite` may plant a bug into what is sent. */
export function createLink(
  inner: Driver,
  options: { rewrite?: <T>(command: Command<T>) => Command<T>; witness?: Witness } = {},
): Link {
  const { rewrite = (command) => command, witness } = options;
  const requests: Request[] = [];
  const answers: (() => void)[] = [];
  const pushes: (() => void)[] = [];
  const callers = new Set<(error: unknown) => void>();
  const sinks = new Set<FeedSink>();

  function send<T>(command: Command<T>, call: CallOptions = {}): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const { deadlineMs = 5000, signal } = call;
      const end = (act: () => void): void => {
        if (!callers.delete(fail)) return;
        timer.cancel();
        signal?.removeEventListener('abort', onAbort);
        act();
      };
      const fail = (error: unknown): void => end(() => reject(error));
      const onAbort = (): void => fail(new AbortedError(signal?.reason, 'maybe'));
      const timer = inner.clock.timer(deadlineMs, () => fail(new DeadlineError(deadlineMs)));
      signal?.addEventListener('abort', onAbort, { once: true });
      callers.add(fail);
      const queue = (act: () => void): void => void (link.held ? answers.push(act) : act());
      const request: Request = {
        lose: () => undefined,
        arrive: () =>
          inner.send(rewrite(command)).then(
            (value) => {
              witness?.(command, value);
              queue(() => end(() => resolve(value)));
            },
            (error) => queue(() => fail(error)),
          ),
      };
      if (link.held) requests.push(request);
      else void request.arrive();
    });
  }

  const link: Link = {
    held: false,
    deaf: false,
    get underWay() {
      return { requests: requests.length, answers: answers.length, pushes: pushes.length };
    },
    async request() {
      await requests.shift()?.arrive();
    },
    answer: () => answers.shift()?.(),
    push: () => pushes.shift()?.(),
    async release() {
      link.held = false;
      while (requests.length > 0) await link.request();
      while (answers.length > 0) link.answer();
      while (pushes.length > 0) link.push();
    },
    strand() {
      const late = requests.splice(0);
      answers.length = 0;
      for (const fail of [...callers]) fail(new ConnectionError('cut', { sent: 'maybe' }));
      return late.map(({ arrive }) => arrive);
    },
    async cut(arrivesAnyway) {
      pushes.length = 0;
      const late = requests.splice(0);
      answers.length = 0;
      for (const fail of [...callers]) fail(new ConnectionError('cut', { sent: 'maybe' }));
      if (arrivesAnyway) for (const request of late) await request.arrive();
      answers.length = 0;
      for (const sink of sinks) sink.gap('all', 'cut');
    },
    driver: {
      ...inner,
      send,
      openFeed(sink, feedOptions): Promise<Feed> {
        sinks.add(sink);
        const through: FeedSink = {
          ...sink,
          message(...message) {
            const hear = (): void => sink.message(...message);
            if (link.deaf) return;
            if (link.held) pushes.push(hear);
            else hear();
          },
        };
        return inner.openFeed(through, feedOptions).then((feed) => ({
          ...feed,
          close: () => {
            sinks.delete(sink);
            return feed.close();
          },
        }));
      },
    },
  };
  return link;
}
