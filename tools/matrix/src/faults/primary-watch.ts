import type { SentinelSet } from '@penknife/redis-servers';
import { wait } from '../real-time.js';
import { commandAt } from '../server-admin.js';

/** Which server of a watched set is the primary, also after a failover. */
export interface PrimaryWatch {
  /** The primary's port, as of now. */
  readonly port: number;
  /**
   * When all is settled runs `before`, if given, then ends the primary with `kill`; resolves when the sentinels have promoted
   * a replica and all of them know.
   */
  failOver(kill: () => Promise<void>, before?: () => Promise<void>): Promise<void>;
  /** Whether all replicas follow the primary and all sentinels watch it. */
  settled(): Promise<boolean>;
}

/** For the time of a failover: a server that is silent for so long is dead. */
const impatientMs = 300;

/** Keeps track of a set's primary; the sentinels wait `patientMs` before they believe that it is dead. */
export function watchPrimary(set: SentinelSet, patientMs: number): PrimaryWatch {
  let { port } = set.primary;
  const sentinelPorts = set.sentinels.map((sentinel) => sentinel.port);
  const replicaCount = set.replicas.length;

  const believe = (ms: number): Promise<unknown> =>
    Promise.all(
      sentinelPorts.map((sentinel) =>
        commandAt(sentinel, 'SENTINEL', 'SET', set.primaryName, 'down-after-milliseconds', ms),
      ),
    );
  async function agreed(): Promise<number | undefined> {
    const answers = await Promise.all(
      sentinelPorts.map((sentinel) =>
        commandAt(sentinel, 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', set.primaryName),
      ),
    );
    const named = new Set(answers.map((answer) => Number((answer as string[])[1])));
    return named.size === 1 ? [...named][0] : undefined;
  }
  /** Replicas follow by a copy that is there; each sentinel has a connection for commands and one that listens. */
  async function settled(): Promise<boolean> {
    const [replication, clients] = await Promise.all([
      commandAt(port, 'INFO', 'replication').catch(() => ''),
      commandAt(port, 'CLIENT', 'LIST').catch(() => ''),
    ]);
    const count = (text: unknown, word: string): number => String(text).split(word).length - 1;
    return (
      count(replication, 'state=online') === replicaCount &&
      count(clients, ' name=sentinel-') === 2 * sentinelPorts.length
    );
  }

  return {
    get port() {
      return port;
    },
    settled,
    async failOver(kill, before) {
      while (!(await settled())) await wait(10);
      await before?.();
      await believe(impatientMs);
      await kill();
      for (let next = await agreed(); ; next = await agreed()) {
        const role = next === undefined || next === port ? [] : await commandAt(next, 'ROLE');
        if ((role as string[])[0] === 'master') {
          port = next as number;
          break;
        }
        await wait(10);
      }
      await believe(patientMs);
    },
  };
}
