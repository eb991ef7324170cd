import { isOption } from '../../engine/arguments.js';
import { failure, shown, syntaxError } from '../../engine/errors.js';
import { CommandError, OK, type Reply, Status, VerbatimReply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import type { CommandFamily } from '../command-family.js';
import { calledCommands } from './info.js';

const latencyIsOff =
  "I'm sorry, Dave, I can't do that. Latency monitoring is disabled in this Redis instance. You may use \"CONFIG SET latency-monitor-threshold <milliseconds>.\" in order to enable it. If we weren't in a deep space mission I'd suggest to take a look at https://redis.io/topics/latency-monitor.\n";
const nothingToHeal =
  "Hi Sam, this instance is empty or is using very little memory, my issues detector can't be used in these conditions. Please, leave for your mission on Earth and fill it with some data. The new Sam and I will be back to our programming as soon as I finished rebooting.\n";
const noConfigFile = failure('The server is running without a config file');
const noAclFile = failure(
  'This Redis instance is not configured to use an ACL file. You may want to specify users via the ACL SETUSER command and then issue a CONFIG REWRITE (assuming you have a Redis configuration file set) in order to store users in the Redis configuration.',
);
const notSaved = new CommandError('ERR');
const notRewritten = failure(
  "Can't execute an AOF background rewriting. Please check the server logs for more information.",
);
const debugMode = failure('Use SCRIPT DEBUG YES/SYNC/NO');
const noDebugger = failure('this engine has no debugger for scripts');

function notAllowed(command: string, option: string): Reply {
  return failure(
    `${command} command not allowed. If the ${option} option is set to "local", you can run it from a local connection, otherwise you need to set this option in the configuration file, and then restart the server.`,
  );
}

function text(session: Session, content: string): Reply {
  return session.protocol === 3 ? new VerbatimReply('txt', content) : content;
}

/** Only calls are counted: all of them stand in the lowest bucket. */
function histogram(session: Session, args: readonly string[]): Reply {
  const wanted = args.slice(2).map((name) => name.toLowerCase());
  const rows = calledCommands(session.engine)
    .filter(
      ({ name, calls }) =>
        calls > 0 &&
        (wanted.length === 0 || wanted.some((one) => name === one || name.startsWith(`${one}|`))),
    )
    .flatMap(({ name, calls }) => [
      name,
      session.map(['calls', calls, 'histogram_usec', session.map([1, calls])]),
    ]);
  return session.map(rows);
}

function memoryStats(session: Session): Reply {
  const { engine } = session;
  const { heapUsed, heapTotal, rss } = process.memoryUsage();
  const keys = engine.databases.reduce((sum, { entries }) => sum + entries.size, 0);
  const perDatabase = engine.databases
    .filter(({ entries }) => entries.size > 0)
    .flatMap(({ index, entries, expiries }) => [
      `db.${index}`,
      session.map([
        'overhead.hashtable.main',
        entries.size * 64,
        'overhead.hashtable.expires',
        expiries.size * 32,
        'overhead.hashtable.slot-to-keys',
        0,
      ]),
    ]);
  return session.map([
    ...['peak.allocated', heapTotal, 'total.allocated', heapUsed, 'startup.allocated', 0],
    ...[
      'replication.backlog',
      0,
      'clients.slaves',
      0,
      'clients.normal',
      0,
      'cluster.links',
      0,
      'aof.buffer',
      0,
    ],
    ...['lua.caches', 0, 'functions.caches', 0],
    ...perDatabase,
    ...[
      'overhead.total',
      0,
      'keys.count',
      keys,
      'keys.bytes-per-key',
      keys === 0 ? 0 : Math.floor(heapUsed / keys),
    ],
    ...['dataset.bytes', heapUsed, 'dataset.percentage', session.double(100)],
    ...['peak.percentage', session.double((heapUsed / heapTotal) * 100)],
    ...['allocator.allocated', heapUsed, 'allocator.active', heapTotal, 'allocator.resident', rss],
  ]);
}

function versionLine({ engine: { profile } }: Session): string {
  return profile.product === 'valkey' ? `Valkey ver.${profile.version}\n` : `Redis ver. ${profile.version}\n`;
}

function lolwut(session: Session, args: readonly string[]): Reply {
  if (args.length > 1 && !isOption(args[1], 'VERSION')) throw syntaxError;
  return text(session, versionLine(session));
}

/** Within a transaction once it is over: half of one must not be in the file. */
function bgrewriteaof({ engine, mayBlock }: Session): Reply {
  if (!mayBlock) queueMicrotask(() => engine.journal?.rewrite());
  else if (engine.journal?.rewrite() === false) return notRewritten;
  return new Status('Background append only file rewriting started');
}

/** What an administrator asks a server about itself: texts and figures, as far as an engine in a process has them. */
export const diagnosisCommands: CommandFamily = {
  'latency|latest': () => [],
  'latency|history': () => [],
  'latency|reset': () => 0,
  'latency|doctor': (session) => text(session, latencyIsOff),
  'latency|graph': (_session, args) =>
    failure(`No samples available for event '${shown(args[2] as string)}'`),
  'latency|histogram': histogram,
  'memory|doctor': (session) => text(session, nothingToHeal),
  'memory|malloc-stats': (session) => text(session, 'Stats not supported for the current allocator'),
  'memory|purge': () => OK,
  'memory|stats': memoryStats,
  'config|rewrite': () => noConfigFile,
  'acl|load': () => noAclFile,
  'acl|save': () => noAclFile,
  'script|debug': (_session, args) =>
    ['YES', 'SYNC', 'NO'].some((mode) => isOption(args[2], mode))
      ? isOption(args[2], 'NO')
        ? OK
        : noDebugger
      : debugMode,
  debug: () => notAllowed('DEBUG', 'enable-debug-command'),
  'module|list': () => [],
  'module|load': () => notAllowed('MODULE', 'enable-module-command'),
  'module|loadex': () => notAllowed('MODULE', 'enable-module-command'),
  'module|unload': () => notAllowed('MODULE', 'enable-module-command'),
  // One file has all: without persistence there is nothing to write.
  save: (session) => (session.engine.journal?.rewrite() === false ? notSaved : OK),
  bgsave: (_session, args) =>
    args.length > 2 || (args.length === 2 && !isOption(args[1], 'SCHEDULE'))
      ? syntaxError
      : new Status('Background saving started'),
  bgrewriteaof,
  lolwut,
};
