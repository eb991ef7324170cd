import type { ClusterMember } from '../../engine/cluster-member.js';
import { failure } from '../../engine/errors.js';
import { OK, type Reply, Status } from '../../engine/reply.js';
import type { CommandFamily } from '../command-family.js';
import { inCluster } from './cluster.js';

const still = new Status('STILL 1');
const notReplica = failure('You should send CLUSTER FAILOVER to a replica');
/** Who belongs to the cluster is settled when it is made, and its owner lets primaries fail. */
const settled = failure('a cluster in the process keeps the nodes and places it was made with');

function refuse(): Reply {
  throw settled;
}

/** What concerns another node: it has to be there. */
function ofNode(act: (member: ClusterMember) => Reply): ReturnType<typeof inCluster> {
  return inCluster((member, args) => {
    if (!member.nodes().some(({ id }) => id === args[2])) throw failure(`Unknown node ${args[2]}`);
    return act(member);
  });
}

/** Administration of a cluster, as far as there is anything to administer. */
export const clusterAdministration: CommandFamily = {
  'cluster|bumpepoch': inCluster(() => still),
  'cluster|saveconfig': inCluster(() => OK),
  'cluster|count-failure-reports': ofNode(() => 0),
  'cluster|forget': ofNode(refuse),
  'cluster|replicate': ofNode(refuse),
  'cluster|meet': inCluster(refuse),
  'cluster|reset': inCluster(refuse),
  'cluster|set-config-epoch': inCluster(refuse),
  'cluster|failover': inCluster((member) => {
    const own = member.nodes().find(({ id }) => id === member.id);
    throw own?.primaryId === undefined ? notReplica : settled;
  }),
  'cluster|flushslots': inCluster((member) => {
    const own = member.nodes().find(({ id }) => id === member.id);
    for (const [from, to] of own?.ranges ?? [])
      for (let slot = from; slot <= to; slot++) member.assign([slot], false);
    return OK;
  }),
};
