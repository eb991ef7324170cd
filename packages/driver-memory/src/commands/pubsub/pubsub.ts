import { failure, subcommandSyntax } from '../../engine/errors.js';
import { matchesGlob } from '../../engine/glob.js';
import { join, leave, type Subscriber } from '../../engine/pub-sub.js';
import { NO_REPLY, type Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import type { CommandFamily } from '../command-family.js';

/** One kind of subscription: its words on the wire, and where it is kept. */
interface Kind {
  readonly subscribe: string;
  readonly unsubscribe: string;
  own(session: Session): Set<string>;
  all(session: Session): Map<string, Set<Subscriber>>;
  /** The number that confirmations of this kind carry. */
  count(session: Session): number;
}

const channels: Kind = {
  subscribe: 'subscribe',
  unsubscribe: 'unsubscribe',
  own: (session) => session.channels,
  all: (session) => session.engine.pubSub.channels,
  count: (session) => session.subscriptions,
};
const patterns: Kind = {
  subscribe: 'psubscribe',
  unsubscribe: 'punsubscribe',
  own: (session) => session.patterns,
  all: (session) => session.engine.pubSub.patterns,
  count: (session) => session.subscriptions,
};
const shardChannels: Kind = {
  subscribe: 'ssubscribe',
  unsubscribe: 'sunsubscribe',
  own: (session) => session.shardChannels,
  all: (session) => session.engine.pubSub.shardChannels,
  count: (session) => session.shardChannels.size,
};

function subscribe(kind: Kind): (session: Session, args: readonly string[]) => Reply {
  return (session, args) => {
    if (session.inScript) throw failure('This Redis command is not allowed from script');
    for (let i = 1; i < args.length; i++) {
      const name = args[i] as string;
      kind.own(session).add(name);
      join(kind.all(session), name, session);
      session.push([kind.subscribe, name, kind.count(session)]);
    }
    return NO_REPLY;
  };
}

function unsubscribe(kind: Kind): (session: Session, args: readonly string[]) => Reply {
  return (session, args) => {
    const own = kind.own(session);
    const names = args.length > 1 ? args.slice(1) : [...own];
    for (const name of names) {
      own.delete(name);
      leave(kind.all(session), name, session);
      session.push([kind.unsubscribe, name, kind.count(session)]);
    }
    if (names.length === 0) session.push([kind.unsubscribe, null, kind.count(session)]);
    return NO_REPLY;
  };
}

function names(all: ReadonlyMap<string, unknown>, args: readonly string[]): Reply {
  if (args.length > 3) throw subcommandSyntax('PUBSUB', args[1] as string);
  const pattern = args[2];
  return [...all.keys()].filter((name) => pattern === undefined || matchesGlob(pattern, name));
}

function counts(all: ReadonlyMap<string, Set<Subscriber>>, args: readonly string[]): Reply {
  return args.slice(2).flatMap((name) => [name, all.get(name)?.size ?? 0]);
}

/** Messages and who listens to them. */
export const pubsubCommands: CommandFamily = {
  subscribe: subscribe(channels),
  psubscribe: subscribe(patterns),
  ssubscribe: subscribe(shardChannels),
  unsubscribe: unsubscribe(channels),
  punsubscribe: unsubscribe(patterns),
  sunsubscribe: unsubscribe(shardChannels),
  publish: (session, args) => {
    const [, channel, message] = args as readonly [string, string, string];
    session.engine.cluster?.publishElsewhere(channel, message);
    return session.engine.pubSub.publish(channel, message);
  },
  spublish: (session, args) => session.engine.pubSub.publishToShard(args[1] as string, args[2] as string),
  'pubsub|channels': (session, args) => names(session.engine.pubSub.channels, args),
  'pubsub|shardchannels': (session, args) => names(session.engine.pubSub.shardChannels, args),
  'pubsub|numpat': (session) => session.engine.pubSub.patterns.size,
  'pubsub|numsub': (session, args) => counts(session.engine.pubSub.channels, args),
  'pubsub|shardnumsub': (session, args) => counts(session.engine.pubSub.shardChannels, args),
};
