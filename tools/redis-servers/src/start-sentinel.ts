import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from './eventually.js';
import { findBinary } from './find-binary.js';
import type { Flavour } from './flavours.js';
import { launchAll, orStop, stopAll } from './launch-all.js';
import { launchNode } from './launch-node.js';
import { readFields, readPairs, withClient } from './resp-client.js';
import type { ServerBinary } from './server-binary.js';
import type { ServerNode } from './server-node.js';
import { launchServer } from './start-server.js';

/** The shape of a watched primary. Default: two replicas, three sentinels of which two must agree. */
export interface StartSentinelOptions {
  readonly flavour?: Flavour;
  /** Of the replicas, when theirs is another: as in the middle of an upgrade. Not older than the primary's. */
  readonly replicaFlavour?: Flavour;
  readonly replicas?: number;
  readonly sentinels?: number;
  /** How long a silent server is believed to be alive. Default 500. */
  readonly downAfterMs?: number;
  /** Further command line arguments for the data servers. */
  readonly args?: readonly string[];
}

/** A private primary with replicas, watched by sentinels. Roles are those at the start; a failover changes them. */
export interface SentinelSet extends AsyncDisposable {
  /** The name under which the sentinels know the primary. */
  readonly primaryName: string;
  readonly primary: ServerNode;
  readonly replicas: readonly ServerNode[];
  readonly sentinels: readonly ServerNode[];
  /** Ends every process. */
  stop(): Promise<void>;
}

const primaryName = 'penknife';

function launchSentinel(
  binary: ServerBinary,
  primaryPort: number,
  quorum: number,
  downAfterMs: number,
): Promise<ServerNode> {
  return launchNode({
    binary,
    ready: /Sentinel ID is/,
    tls: false,
    async arguments({ folder, port, socketPath }) {
      // Sentinels write their state back into this file, so a restart finds it there.
      const file = join(folder, 'sentinel.conf');
      const settings = [
        `port ${port}`,
        'bind 127.0.0.1',
        `unixsocket ${socketPath}`,
        `dir ${folder}`,
        `sentinel monitor ${primaryName} 127.0.0.1 ${primaryPort} ${quorum}`,
        `sentinel down-after-milliseconds ${primaryName} ${downAfterMs}`,
        `sentinel failover-timeout ${primaryName} 3000`,
      ];
      await writeFile(file, `${settings.join('\n')}\n`);
      return [file, '--sentinel'];
    },
  });
}

/** Whether a sentinel knows the primary at `primaryPort`, all replicas (each in sync) and all other sentinels. */
export async function sentinelSees(
  set: Omit<SentinelSet, 'stop' | typeof Symbol.asyncDispose>,
): Promise<boolean> {
  const seen = await Promise.all(
    set.sentinels.map(({ port }) =>
      withClient(port, async (client) => {
        const master = readPairs(await client.command('SENTINEL', 'MASTER', set.primaryName));
        return (
          master.get('port') === String(set.primary.port) &&
          master.get('flags') === 'master' &&
          master.get('num-slaves') === String(set.replicas.length) &&
          master.get('num-other-sentinels') === String(set.sentinels.length - 1)
        );
      }),
    ),
  );
  const inSync = await Promise.all(
    set.replicas.map(({ port }) =>
      withClient(port, async (client) => {
        const replication = readFields(await client.command('INFO', 'replication'));
        return (
          replication.get('master_port') === String(set.primary.port) &&
          replication.get('master_link_status') === 'up'
        );
      }),
    ),
  );
  return [...seen, ...inSync].every(Boolean);
}

/**
 * Starts a primary, its replicas and its sentinels in about two seconds, and resolves when every sentinel knows all
 * the others and all replicas are in sync. Rejects and leaves nothing running when that does not happen within 15 s.
 */
export async function startSentinel(options: StartSentinelOptions = {}): Promise<SentinelSet> {
  const binary = await findBinary({ flavour: options.flavour });
  const replicaBinary = await findBinary({ flavour: options.replicaFlavour ?? options.flavour });
  const sentinelCount = options.sentinels ?? 3;
  const args = ['--repl-diskless-sync-delay', '0', ...(options.args ?? [])];
  const primary = await launchServer(binary, { args });
  const nodes: ServerNode[] = [primary];
  return orStop(nodes, async () => {
    const follow = [...args, '--replicaof', '127.0.0.1', String(primary.port)];
    const copies = Array.from(
      { length: options.replicas ?? 2 },
      () => () => launchServer(replicaBinary, { args: follow }),
    );
    const replicas = await launchAll(copies);
    nodes.push(...replicas);
    await eventually('the replicas are in sync', () =>
      sentinelSees({ primaryName, primary, replicas, sentinels: [] }),
    );
    const quorum = Math.floor(sentinelCount / 2) + 1;
    const watch = (): Promise<ServerNode> =>
      launchSentinel(binary, primary.port, quorum, options.downAfterMs ?? 500);
    const sentinels = await launchAll(Array.from({ length: sentinelCount }, () => watch));
    nodes.push(...sentinels);
    const set = { primaryName, primary, replicas, sentinels };
    await eventually('every sentinel sees the whole set', () => sentinelSees(set));
    const stop = (): Promise<void> => stopAll(nodes);
    return { ...set, stop, [Symbol.asyncDispose]: stop };
  });
}
