import type { ClusterMember, ClusterNodeFacts } from '../../engine/cluster-member.js';
import { failure, subcommandSyntax } from '../../engine/errors.js';
import { OK, type Reply, VerbatimReply } from '../../engine/reply.js';
import type { CommandFunction, Session } from '../../engine/session.js';
import type { CommandFamily } from '../command-family.js';

const disabled = failure('This instance has cluster support disabled');
const slotsOfAll = 16384;
/** Between a node's own port and the one its neighbours talk to. */
const busOffset = 10_000;

/** A function for nodes of a cluster; an engine of its own says that it is none. */
export function inCluster(
  run: (member: ClusterMember, args: readonly string[], session: Session) => Reply,
): CommandFunction {
  return (session, args) => {
    const { cluster } = session.engine;
    if (cluster === undefined) throw disabled;
    return run(cluster, args, session);
  };
}

/** One primary with those that follow it. */
function shardsOf(nodes: readonly ClusterNodeFacts[]): (readonly ClusterNodeFacts[])[] {
  const primaries = nodes.filter(({ primaryId }) => primaryId === undefined);
  return primaries.map((primary) => [primary, ...nodes.filter(({ primaryId }) => primaryId === primary.id)]);
}

function slots(member: ClusterMember): Reply {
  return shardsOf(member.nodes()).flatMap((shard) => {
    const places = shard
      .filter(({ isReachable }, i) => i === 0 || isReachable)
      .map(({ host, port, id }) => [host, port, id, []]);
    return (shard[0] as ClusterNodeFacts).ranges.map(([from, to]) => [from, to, ...places]);
  });
}

function shards(member: ClusterMember, _args: readonly string[], session: Session): Reply {
  return shardsOf(member.nodes()).map((shard) =>
    session.map([
      ...['slots', (shard[0] as ClusterNodeFacts).ranges.flat()],
      'nodes',
      shard.map(({ id, host, port, primaryId, isReachable }) =>
        session.map([
          ...['id', id, 'port', port, 'ip', host, 'endpoint', host],
          ...['role', primaryId === undefined ? 'master' : 'replica', 'replication-offset', 0],
          ...['health', isReachable ? 'online' : 'fail'],
        ]),
      ),
    ]),
  );
}

function line(member: ClusterMember, node: ClusterNodeFacts): string {
  const { id, host, port, primaryId, isReachable } = node;
  const flags = [
    ...(id === member.id ? ['myself'] : []),
    primaryId === undefined ? 'master' : 'slave',
    ...(isReachable ? [] : ['fail']),
  ];
  const ranges = node.ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`));
  const ways =
    id === member.id
      ? [
          ...node.migrating.map(([slot, to]) => `[${slot}->-${to}]`),
          ...node.importing.map(([slot, from]) => `[${slot}-<-${from}]`),
        ]
      : [];
  const link = isReachable ? 'connected' : 'disconnected';
  const words = [id, `${host}:${port}@${port + busOffset}`, flags.join(','), primaryId ?? '-', 0, 0, 0, link];
  return [...words, ...ranges, ...ways].join(' ');
}

function info(member: ClusterMember): Reply {
  const all = member.nodes();
  const served = all.reduce(
    (sum, { ranges }) => sum + ranges.reduce((of, [from, to]) => of + to - from + 1, 0),
    0,
  );
  const size = all.filter(({ ranges }) => ranges.length > 0).length;
  return new VerbatimReply(
    'txt',
    [
      `cluster_state:${served === slotsOfAll ? 'ok' : 'fail'}`,
      `cluster_slots_assigned:${served}`,
      `cluster_slots_ok:${served}`,
      ...['cluster_slots_pfail:0', 'cluster_slots_fail:0', `cluster_known_nodes:${all.length}`],
      ...[`cluster_size:${size}`, 'cluster_current_epoch:1', 'cluster_my_epoch:1'],
      ...['cluster_stats_messages_sent:0', 'cluster_stats_messages_received:0'],
      ...['total_cluster_links_buffer_limit_exceeded:0', ''],
    ].join('\r\n'),
  );
}

function replicas(member: ClusterMember, args: readonly string[]): Reply {
  if (args.length !== 3) throw subcommandSyntax('CLUSTER', args[1] as string);
  const all = member.nodes();
  const primary = all.find(({ id }) => id === args[2]);
  if (primary === undefined) throw failure(`Unknown node ${args[2]}`);
  if (primary.primaryId !== undefined) throw failure('The specified node is not a master');
  return all.filter(({ primaryId }) => primaryId === primary.id).map((node) => line(member, node));
}

/** What a node of a cluster tells of it. Nodes hear of every change at once, and are never in doubt about each other. */
export const clusterCommands: CommandFamily = {
  'cluster|myid': inCluster(({ id }) => id),
  'cluster|info': inCluster(info),
  'cluster|nodes': inCluster(
    (member) =>
      new VerbatimReply(
        'txt',
        `${member
          .nodes()
          .map((node) => line(member, node))
          .join('\n')}\n`,
      ),
  ),
  'cluster|slots': inCluster(slots),
  'cluster|shards': inCluster(shards),
  'cluster|replicas': inCluster(replicas),
  'cluster|slaves': inCluster(replicas),
  'cluster|links': inCluster(() => []),
  asking: inCluster((_member, _args, session) => {
    session.asking = 2;
    return OK;
  }),
  // Reading from replicas is not offered: they answer MOVED, also to those who would read.
  readonly: inCluster(() => OK),
  readwrite: inCluster(() => OK),
};
