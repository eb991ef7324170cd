import { Cluster, type ClusterNode, type ClusterOptions, Redis, type RedisOptions } from 'ioredis';
import { Cluster as Cluster5, Redis as Redis5 } from 'ioredis5';

/** A major under test, as factories of clients. The older one takes no notice of options it does not know. */
export interface Major {
  readonly name: string;
  redis(options: RedisOptions): Redis;
  cluster(nodes: ClusterNode[], options: ClusterOptions): Cluster;
}

/** Both majors. */
export const majors: readonly Major[] = [
  {
    name: 'ioredis 6',
    redis: (options) => new Redis(options as RedisOptions & { replyMapping?: 'legacy' }),
    cluster: (nodes, options) => new Cluster(nodes, options as object),
  },
  {
    name: 'ioredis 5',
    redis: (options) => new Redis5(options as object) as unknown as Redis,
    cluster: (nodes, options) => new Cluster5(nodes, options as object) as unknown as Cluster,
  },
];
