import { type RespClient, readFields } from './resp-client.js';

/** One line of CLUSTER NODES: who a node is and what it holds. */
export interface ClusterMember {
  readonly id: string;
  readonly port: number;
  readonly role: 'primary' | 'replica';
  /** The id of the primary it copies, for a replica. */
  readonly primaryId?: string;
  /** Inclusive slot ranges, for a primary. */
  readonly slots: readonly (readonly [first: number, last: number])[];
  /** Neither failing nor unreachable, and no slot of it on the move. */
  readonly healthy: boolean;
}

/** Reads the text of CLUSTER NODES. Sorted by port, so that two readings can be compared. */
export function parseClusterNodes(text: string): readonly ClusterMember[] {
  const members = text
    .trim()
    .split('\n')
    .map((line): ClusterMember => {
      const [id = '', address = '', flags = '', primary = '-', , , , link = '', ...ranges] = line.split(' ');
      const settled = ranges.filter((range) => !range.startsWith('['));
      return {
        id,
        port: Number(/:(\d+)@/.exec(address)?.[1]),
        role: flags.includes('slave') ? 'replica' : 'primary',
        ...(primary !== '-' && { primaryId: primary }),
        slots: settled.map((range) => {
          const [first = 0, last = first] = range.split('-').map(Number);
          return [first, last] as const;
        }),
        healthy:
          !/fail|handshake|noaddr/.test(flags) && link === 'connected' && settled.length === ranges.length,
      };
    });
  return members.sort((a, b) => a.port - b.port);
}

/**
 * What a node sees when it finds the whole cluster working, all members healthy and (being a replica) its primary in
 * sync; undefined otherwise. Two nodes may still differ in what they see: news of a role travels by gossip.
 */
export async function healthyTopology(client: RespClient): Promise<readonly ClusterMember[] | undefined> {
  const state = readFields(await client.command('CLUSTER', 'INFO')).get('cluster_state');
  const members = parseClusterNodes(String(await client.command('CLUSTER', 'NODES')));
  const replication = readFields(await client.command('INFO', 'replication'));
  const inSync = replication.get('role') === 'master' || replication.get('master_link_status') === 'up';
  return state === 'ok' && inSync && members.every((member) => member.healthy) ? members : undefined;
}

/** The whole topology as one text: equal texts mean equal ids, roles, primaries and slots. */
export function topologyText(members: readonly ClusterMember[]): string {
  return JSON.stringify(members);
}
