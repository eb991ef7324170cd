import { type RespClient, readFields, readPairs, withClient } from '../resp-client.js';
import type { ServerNode } from '../server-node.js';

/** What a data server's settings and users were when it was new. */
export interface NodeBaseline {
  readonly settings: ReadonlyMap<string, string>;
  readonly users: string;
}

// These follow the topology, which is compared on its own.
const topologySettings = new Set(['replicaof', 'slaveof']);

/** Notes a data server's settings and users, to be restored or compared by `resetNode`. */
export function readBaseline(node: ServerNode): Promise<NodeBaseline> {
  return withClient(node.port, async (client) => ({
    settings: readPairs(await client.command('CONFIG', 'GET', '*')),
    users: JSON.stringify(await client.command('ACL', 'LIST')),
  }));
}

async function restoreSettings(client: RespClient, baseline: NodeBaseline): Promise<void> {
  const now = readPairs(await client.command('CONFIG', 'GET', '*'));
  for (const [name, value] of baseline.settings) {
    if (now.get(name) !== value && !topologySettings.has(name))
      await client.command('CONFIG', 'SET', name, value);
  }
}

/** Replication links and the sentinels' own connections stay: cutting those off could start a failover. */
async function closeOtherConnections(client: RespClient): Promise<void> {
  const own = String(await client.command('CLIENT', 'ID'));
  for (const line of String(await client.command('CLIENT', 'LIST')).split('\n')) {
    const id = /^id=(\d+) /.exec(line)?.[1];
    const belongsToServers = / name=sentinel-| flags=[A-Za-z]*[MS]/.test(line);
    if (id && id !== own && !belongsToServers) await client.command('CLIENT', 'KILL', 'ID', id);
  }
}

async function emptyPrimary(client: RespClient, replicas: number): Promise<boolean> {
  await client.command('FLUSHALL');
  await client.command('FUNCTION', 'FLUSH');
  return replicas === 0 || Number(await client.command('WAIT', replicas, 2000)) >= replicas;
}

/**
 * Brings a used data server back to how it was when new: resumed, other connections closed, settings restored, scripts,
 * functions, slow log and statistics cleared, and (on a primary) all keys deleted, which its replicas have confirmed.
 * Resolves with false when that cannot be done: the process is gone, its users were changed, replicas do not follow.
 */
export async function resetNode(node: ServerNode, baseline: NodeBaseline): Promise<boolean> {
  if (!node.running) return false;
  await node.resume();
  try {
    return await withClient(node.port, async (client) => {
      await client.command('CLIENT', 'UNPAUSE');
      await closeOtherConnections(client);
      await restoreSettings(client, baseline);
      if (JSON.stringify(await client.command('ACL', 'LIST')) !== baseline.users) return false;
      const replication = readFields(await client.command('INFO', 'replication'));
      const replicas = Number(replication.get('connected_slaves') ?? 0);
      if (replication.get('role') === 'master' && !(await emptyPrimary(client, replicas))) return false;
      await client.command('SCRIPT', 'FLUSH');
      await client.command('SLOWLOG', 'RESET');
      await client.command('CONFIG', 'RESETSTAT');
      return true;
    });
  } catch {
    // Whatever the server refused or did not answer: it is not as new, and the caller replaces it.
    return false;
  }
}
