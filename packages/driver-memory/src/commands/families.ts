import { bitfieldCommands } from './bitmap/bitfield.js';
import { bitCommands } from './bitmap/bits.js';
import { clusterAdministration } from './cluster/administration.js';
import { clusterCommands } from './cluster/cluster.js';
import { slotCommands } from './cluster/slots.js';
import type { CommandFamily } from './command-family.js';
import { clientCommands } from './connection/client.js';
import { clientTrackingCommands } from './connection/client-tracking.js';
import { connectionCommands } from './connection/connection.js';
import { dumpCommands } from './generic/dump.js';
import { expireCommands } from './generic/expire.js';
import { keyCommands } from './generic/keys.js';
import { moveCommands } from './generic/move.js';
import { objectCommands } from './generic/object.js';
import { scanCommands } from './generic/scan.js';
import { sortCommands } from './generic/sort.js';
import { geoCommands } from './geo/geo.js';
import { geoSearchCommands } from './geo/search.js';
import { fieldExpireCommands } from './hash/field-expire.js';
import { fieldValueCommands } from './hash/field-values.js';
import { hashCommands } from './hash/hash.js';
import { wholeHashCommands } from './hash/whole-hash.js';
import { hyperloglogCommands } from './hyperloglog/hyperloglog.js';
import { blockingListCommands } from './list/blocking.js';
import { indexCommands } from './list/index-access.js';
import { popCommands } from './list/pop.js';
import { pushCommands } from './list/push.js';
import { pubsubCommands } from './pubsub/pubsub.js';
import { functionCommands } from './scripting/functions.js';
import { scriptingCommands } from './scripting/scripting.js';
import { aclCommands } from './server/acl.js';
import { commandCommands } from './server/command.js';
import { configCommands } from './server/config.js';
import { diagnosisCommands } from './server/diagnosis.js';
import { helpCommands } from './server/help.js';
import { infoCommands } from './server/info.js';
import { memoryCommands } from './server/memory.js';
import { operationCommands } from './server/operation.js';
import { serverCommands } from './server/server.js';
import { setCommands } from './set/set.js';
import { setAlgebraCommands } from './set/set-algebra.js';
import { addCommands } from './sorted-set/add.js';
import { zsetAlgebraCommands } from './sorted-set/algebra.js';
import { zsetPopCommands } from './sorted-set/pop.js';
import { rangeCommands } from './sorted-set/range.js';
import { zsetCommands } from './sorted-set/zset.js';
import { groupCommands } from './stream/group.js';
import { streamInfoCommands } from './stream/info.js';
import { pendingCommands } from './stream/pending.js';
import { readCommands } from './stream/read.js';
import { readGroupCommands } from './stream/read-group.js';
import { referencePolicyCommands } from './stream/reference-policy.js';
import { streamCommands } from './stream/stream.js';
import { changeCommands } from './string/change.js';
import { compareCommands } from './string/compare.js';
import { getCommands } from './string/get.js';
import { lcsCommands } from './string/lcs.js';
import { setCommands as stringSetCommands } from './string/set.js';
import { setManyCommands } from './string/set-many.js';
import { transactionCommands } from './transactions/transactions.js';

/** All commands of the engine. */
export const families: readonly CommandFamily[] = [
  connectionCommands,
  clientCommands,
  clientTrackingCommands,
  keyCommands,
  expireCommands,
  moveCommands,
  scanCommands,
  sortCommands,
  objectCommands,
  dumpCommands,
  stringSetCommands,
  getCommands,
  changeCommands,
  compareCommands,
  setManyCommands,
  lcsCommands,
  bitCommands,
  bitfieldCommands,
  hashCommands,
  wholeHashCommands,
  fieldExpireCommands,
  fieldValueCommands,
  pushCommands,
  popCommands,
  indexCommands,
  blockingListCommands,
  setCommands,
  setAlgebraCommands,
  addCommands,
  zsetCommands,
  rangeCommands,
  zsetPopCommands,
  zsetAlgebraCommands,
  geoCommands,
  geoSearchCommands,
  hyperloglogCommands,
  streamCommands,
  readCommands,
  readGroupCommands,
  groupCommands,
  pendingCommands,
  streamInfoCommands,
  referencePolicyCommands,
  pubsubCommands,
  transactionCommands,
  scriptingCommands,
  functionCommands,
  serverCommands,
  diagnosisCommands,
  helpCommands,
  configCommands,
  infoCommands,
  commandCommands,
  aclCommands,
  memoryCommands,
  operationCommands,
  clusterCommands,
  slotCommands,
  clusterAdministration,
];
