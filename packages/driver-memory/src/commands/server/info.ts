import { type Reply, VerbatimReply } from '../../engine/reply.js';
import type { Command, Session, SessionEngine } from '../../engine/session.js';
import type { CommandFamily } from '../command-family.js';

type Lines = readonly (readonly [string, string | number])[];

/** Sections in the order INFO prints them; those marked are left out of a plain INFO. */
const sections: readonly (readonly [
  name: string,
  title: string,
  byDefault: boolean,
  lines: (engine: SessionEngine) => Lines,
])[] = [
  ['server', 'Server', true, serverLines],
  ['clients', 'Clients', true, clientLines],
  ['memory', 'Memory', true, memoryLines],
  ['persistence', 'Persistence', true, persistenceLines],
  ['stats', 'Stats', true, statisticsLines],
  ['replication', 'Replication', true, replicationLines],
  ['cpu', 'CPU', true, () => []],
  ['modules', 'Modules', true, () => []],
  ['commandstats', 'Commandstats', false, commandLines],
  ['errorstats', 'Errorstats', true, errorLines],
  ['cluster', 'Cluster', true, ({ cluster }) => [['cluster_enabled', cluster === undefined ? 0 : 1]]],
  ['keyspace', 'Keyspace', true, keyspaceLines],
];

function serverLines(engine: SessionEngine): Lines {
  const uptime = Math.floor((engine.now - engine.startedAt) / 1000);
  return [
    ['redis_version', engine.profile.redisVersion],
    ['server_name', 'penknife-memory'],
    ...(engine.profile.product === 'valkey' ? [['valkey_version', engine.profile.version] as const] : []),
    ['redis_mode', engine.cluster === undefined ? 'standalone' : 'cluster'],
    ['os', process.platform],
    ['arch_bits', 64],
    ['process_id', process.pid],
    ['run_id', engine.runId],
    ['tcp_port', 0],
    ['server_time_usec', engine.microseconds],
    ['uptime_in_seconds', uptime],
    ['uptime_in_days', Math.floor(uptime / 86_400)],
    ['hz', 10],
  ];
}

function clientLines(engine: SessionEngine): Lines {
  let subscribers = 0;
  for (const session of engine.sessions.values()) if (session.isSubscriber) subscribers++;
  return [
    ['connected_clients', engine.sessions.size],
    ['cluster_connections', 0],
    ['maxclients', engine.config.get('maxclients') ?? ''],
    ['blocked_clients', engine.blocking.count],
    ['tracking_clients', engine.tracking.trackers],
    ['pubsub_clients', subscribers],
  ];
}

/** The whole process: an engine does not know its share of the heap. */
function memoryLines(engine: SessionEngine): Lines {
  const { heapUsed, rss } = process.memoryUsage();
  return [
    ['used_memory', heapUsed],
    ['used_memory_rss', rss],
    ['maxmemory', engine.config.get('maxmemory') ?? '0'],
    ['maxmemory_policy', engine.config.maxMemoryPolicy],
    ['number_of_cached_scripts', engine.scripts.size],
  ];
}

function persistenceLines(engine: SessionEngine): Lines {
  // One file is both.
  const status = engine.journal?.hasRewriteFailed ? 'err' : 'ok';
  return [
    ['loading', engine.loading > 0 ? 1 : 0],
    ['rdb_changes_since_last_save', engine.dirty],
    ['rdb_bgsave_in_progress', 0],
    ['rdb_last_save_time', Math.floor(engine.startedAt / 1000)],
    ['rdb_last_bgsave_status', status],
    ['aof_enabled', engine.journal === undefined ? 0 : 1],
    ['aof_rewrite_in_progress', 0],
    ['aof_last_bgrewrite_status', status],
  ];
}

function statisticsLines({ stats, pubSub, tracking, sessions }: SessionEngine): Lines {
  return [
    ['total_connections_received', stats.connections],
    ['total_commands_processed', stats.commands],
    ['expired_keys', stats.expired],
    ['evicted_keys', 0],
    ['keyspace_hits', stats.hits],
    ['keyspace_misses', stats.misses],
    ['pubsub_channels', pubSub.channels.size],
    ['pubsub_patterns', pubSub.patterns.size],
    ['pubsubshard_channels', pubSub.shardChannels.size],
    ['tracking_total_keys', tracking.rememberedKeys],
    ['total_error_replies', [...stats.errors.values()].reduce((sum, count) => sum + count, 0)],
    ['total_active_sessions', sessions.size],
  ];
}

function replicationLines(engine: SessionEngine): Lines {
  return [
    ['role', 'master'],
    ['connected_slaves', 0],
    ['master_failover_state', 'no-failover'],
    ['master_replid', engine.runId],
    ['master_repl_offset', 0],
  ];
}

/** Every command that was called, containers by their subcommands. */
export function calledCommands(engine: SessionEngine): Command[] {
  const entries = new Set<Command>();
  for (const command of engine.commands.values()) {
    entries.add(command);
    for (const subcommand of command.subcommands?.values() ?? []) entries.add(subcommand);
  }
  return [...entries].filter((entry) => entry.calls > 0 || entry.rejected > 0);
}

function commandLines(engine: SessionEngine): Lines {
  return calledCommands(engine).map(({ name, calls, microseconds, rejected, failed }) => [
    `cmdstat_${name}`,
    `calls=${calls},usec=${microseconds},usec_per_call=${(calls === 0 ? 0 : microseconds / calls).toFixed(2)},rejected_calls=${rejected},failed_calls=${failed}`,
  ]);
}

function errorLines(engine: SessionEngine): Lines {
  return [...engine.stats.errors].map(([code, count]) => [`errorstat_${code}`, `count=${count}`]);
}

function keyspaceLines(engine: SessionEngine): Lines {
  return engine.databases
    .filter(({ entries }) => entries.size > 0)
    .map(({ index, entries, expiries }) => [
      `db${index}`,
      `keys=${entries.size},expires=${expiries.size},avg_ttl=0`,
    ]);
}

function info(session: Session, args: readonly string[]): Reply {
  const wanted = new Set(args.slice(1).map((name) => name.toLowerCase()));
  const everything = wanted.has('all') || wanted.has('everything');
  const usual = wanted.size === 0 || wanted.has('default');
  const text = sections
    .filter(([name, , byDefault]) => everything || wanted.has(name) || (usual && byDefault))
    .map(([, title, , lines]) =>
      [`# ${title}`, ...lines(session.engine).map(([name, value]) => `${name}:${value}`), ''].join('\r\n'),
    )
    .join('\r\n');
  return session.protocol === 3 ? new VerbatimReply('txt', text) : text;
}

/** INFO. */
export const infoCommands: CommandFamily = { info };
