import {
  type CallOptions,
  type Command,
  ConnectionError,
  type Driver,
  type FeedKind,
  type FeedSink,
  type Lane,
  type PenknifeError,
  type Sender,
  type Settled,
} from '@penknife/core';

/** A planted bug: what it changes of a driver that is right. */
export type Defect = (driver: Driver) => Partial<Driver>;

/** A driver with one bug. */
export function brokenDriver(driver: Driver, defect: Defect): Driver {
  return { ...driver, ...defect(driver) };
}

type Send = <T>(command: Command<T>, options?: CallOptions) => Promise<T>;
type Batch = Sender['batch'];

const sending =
  (replace: (driver: Driver) => Send): Defect =>
  (driver) => ({ send: replace(driver) });

const feeding =
  (replace: (sink: FeedSink) => Partial<FeedSink>): Defect =>
  (driver) => ({
    openFeed: (sink, options) =>
      driver.openFeed(
        {
          message: (...message) => sink.message(...message),
          gap: (...gap) => sink.gap(...gap),
          invalidated: (keys) => sink.invalidated(keys),
          ...replace(sink),
        },
        options,
      ),
  });

/** A lane that opens another one behind the scenes when it is lost. */
function everlasting(driver: Driver, lane: Lane): Lane {
  let current = Promise.resolve(lane);
  const alive = async (): Promise<Lane> => {
    if ((await current).lost.aborted) current = driver.openLane();
    return current;
  };
  const retried = async <T>(run: (lane: Lane) => Promise<T>): Promise<T> => {
    try {
      return await run(await alive());
    } catch (error) {
      if ((error as PenknifeError).code !== 'CONNECTION') throw error;
      current = driver.openLane();
      return run(await current);
    }
  };
  return {
    ...lane,
    send: (command, options) => retried((each) => each.send(command, options)),
    transaction: (commands, options) => retried((each) => each.transaction(commands, options)),
    close: async () => (await current).close(),
  };
}

/** The bugs, each with the cases of the contract that have to catch it. */
export const defects: Readonly<
  Record<string, { readonly defect: Defect; readonly caughtBy: readonly string[] }>
> = {
  'sends again what may have run': {
    defect: sending((driver) => async (command, options) => {
      try {
        return await driver.send(command, options);
      } catch (error) {
        if ((error as { sent?: string }).sent !== 'maybe') throw error;
        return driver.send(command, options);
      }
    }),
    caughtBy: [
      'faults: the server dies while commands are on their way: they may have run, only repeatable ones come again',
    ],
  },
  'says unsent of what may have run': {
    defect: sending(
      (driver) => (command, options) =>
        driver.send(command, options).catch((error: PenknifeError) => {
          if (error.code !== 'CONNECTION') throw error;
          throw new ConnectionError(error.message, { sent: 'no' });
        }),
    ),
    caughtBy: [
      'faults: the server dies while commands are on their way: they may have run, only repeatable ones come again',
    ],
  },
  'keeps given up commands in an offline queue': {
    defect: sending(
      (driver) => (command, options) =>
        driver.send(command, options).catch((error: PenknifeError & { sent?: string }) => {
          if (error.sent === 'no') driver.send(command).catch(() => undefined);
          throw error;
        }),
    ),
    caughtBy: ['gate: ghost command: a call given up while the server was away never runs'],
  },
  'forgets the deadline': {
    defect: sending(
      (driver) => (command, options) =>
        driver.send(command, { ...(options?.signal && { signal: options.signal }), deadlineMs: 700 }),
    ),
    caughtBy: ['deadline: a silent server: the call ends at its deadline, and may have run'],
  },
  'gives undefined for odd shapes': {
    defect: sending(
      (driver) => (command, options) =>
        driver.send(command, options).catch((error: PenknifeError) => {
          if (error.code !== 'REPLY_SHAPE') throw error;
          return undefined as never;
        }),
    ),
    caughtBy: ['replies: a shape that the reader does not know rejects and names the command'],
  },
  'has no EVAL after NOSCRIPT': {
    defect: sending((driver) => (command, options) => {
      const { script: _, ...without } = command;
      return driver.send(without, options);
    }),
    caughtBy: ['script: a call after SCRIPT FLUSH runs, once'],
  },
  'always sends the text of a script': {
    defect: sending((driver) => (command, options) => {
      if (command.script === undefined) return driver.send(command, options);
      const { script, ...without } = command;
      return driver.send({ ...without, args: ['EVAL', script.lua, ...command.args.slice(2)] }, options);
    }),
    caughtBy: ['script: the text travels once, afterwards the sha1 does'],
  },
  'turns undefined into an empty string': {
    defect: sending((driver) => (command, options) => {
      const [name, ...rest] = command.args;
      return driver.send({ ...command, args: [name, ...rest.map((arg) => arg ?? '')] }, options);
    }),
    caughtBy: ['arguments: undefined is refused before anything is sent'],
  },
  'reads payloads as text': {
    defect: sending((driver) => (command, options) => {
      if (command.bytes !== true) return driver.send(command, options);
      const { bytes: _, ...asText } = command;
      return driver.send(
        { ...asText, read: (reply) => command.read(typeof reply === 'string' ? Buffer.from(reply) : reply) },
        options,
      );
    }),
    caughtBy: ['replies: binary keys and payloads pass both ways'],
  },
  'lets one failure spoil a batch': {
    defect: (driver) => ({
      batch: (async <C extends readonly Command<unknown>[]>(commands: C, options?: CallOptions) => {
        const results = await driver.batch(commands, options);
        const failed = results.find((outcome) => !outcome.ok);
        return (failed === undefined ? results : results.map(() => failed)) as Settled<C>;
      }) as Batch,
    }),
    caughtBy: ['batch: each failure is its own, and costs no neighbour its result'],
  },
  'mixes the results of a batch up': {
    defect: (driver) => ({
      batch: (async <C extends readonly Command<unknown>[]>(commands: C, options?: CallOptions) =>
        [...(await driver.batch(commands, options))].reverse() as unknown as Settled<C>) as Batch,
    }),
    caughtBy: ['batch: keys may lie in any slots'],
  },
  'swallows the gap': {
    defect: feeding(() => ({ gap: () => undefined })),
    caughtBy: ['feed: a cut is told as a gap once it is over: what is published then arrives'],
  },
  'tells a gap that was none': {
    defect: feeding((sink) => ({
      message(...message) {
        sink.gap('all', 'nerves');
        sink.message(...message);
      },
    })),
    caughtBy: ['feed: a cut is told as a gap once it is over: what is published then arrives'],
  },
  'delivers after close': {
    defect: (driver) => ({
      async openFeed(sink, options) {
        const feed = await driver.openFeed(sink, options);
        return { ...feed, close: async () => undefined };
      },
    }),
    caughtBy: ['feed: closing it ends every delivery, and later calls reject'],
  },
  'keeps a dead connection when told to renew it': {
    defect: (driver) => ({
      async openFeed(sink, options) {
        return { ...(await driver.openFeed(sink, options)), renew: () => undefined };
      },
    }),
    caughtBy: [
      'feed: renewed, it opens another connection: everything is live again, after one gap each',
      'shared feed: renewed by one listener, all hear of the gap and then go on',
    ],
  },
  'waits for a subscription for ever': {
    defect: (driver) => ({
      async openFeed(sink, options) {
        const feed = await driver.openFeed(sink, options);
        const patient = async (kind: FeedKind, name: string): Promise<void> =>
          feed.subscribe(kind, name).catch((error: PenknifeError) => {
            if (error.code !== 'CONNECTION') throw error;
            return patient(kind, name);
          });
        return { ...feed, subscribe: patient };
      },
    }),
    caughtBy: ['feed: a subscription that cannot be had is given up at the deadline, and never comes alive'],
  },
  'acknowledges a subscription too early': {
    defect: (driver) => ({
      async openFeed(sink, options) {
        const feed = await driver.openFeed(sink, options);
        return {
          ...feed,
          async subscribe(kind, name) {
            driver.clock.timer(20, () => void feed.subscribe(kind, name).catch(() => undefined));
          },
        };
      },
    }),
    caughtBy: ['feed: a message published right after subscribe resolved arrives'],
  },
  'loses the message after one that threw': {
    defect: feeding((sink) => {
      let threw = false;
      return {
        message(...message) {
          const skip = threw;
          threw = false;
          if (skip) return;
          try {
            sink.message(...message);
          } catch {
            threw = true;
          }
        },
      };
    }),
    caughtBy: ['feed: a sink that throws misses nothing that follows'],
  },
  'reads what was published as text': {
    defect: feeding((sink) => ({
      message: (kind, channel, payload, pattern) =>
        sink.message(kind, channel, Buffer.from(Buffer.from(payload).toString()), pattern),
    })),
    caughtBy: ['feed: payloads are bytes, valid text or not'],
  },
  'reconnects lanes silently': {
    defect: (driver) => ({
      openLane: async (options) => everlasting(driver, await driver.openLane(options)),
    }),
    caughtBy: ['lane: a WATCH on a connection that was cut never lets a transaction through'],
  },
  'tells a wrong id of its lanes': {
    defect: (driver) => ({
      openLane: async (options) => {
        const lane = await driver.openLane(options);
        return { ...lane, id: lane.id + 1 };
      },
    }),
    caughtBy: ['lane: its id is that of the server'],
  },
  'asks for its traits every time': {
    defect: (driver) => ({ traits: async () => ({ ...(await driver.traits()) }) }),
    caughtBy: ['traits: they are asked for once, also by many at once'],
  },
  'never forgets its traits': {
    defect: (driver) => {
      let first: ReturnType<Driver['traits']> | undefined;
      return { traits: () => (first ??= driver.traits()) };
    },
    caughtBy: ['traits: they are forgotten when the connection was lost'],
  },
  'leaves its connections open': {
    defect: (driver) => ({
      async close() {
        driver.clock.timer(60_000, () => void driver.close());
      },
    }),
    caughtBy: ['close: it leaves no connection open', 'close: a closed driver refuses everything at once'],
  },
};
