import type { Signature } from '../../engine/command-entry.js';
import { bitmapSignatures } from './bitmap.js';
import { clusterSignatures } from './cluster.js';
import { connectionSignatures } from './connection.js';
import { genericSignatures } from './generic.js';
import { geoSignatures } from './geo.js';
import { hashSignatures } from './hash.js';
import { hyperloglogSignatures } from './hyperloglog.js';
import { listSignatures } from './list.js';
import { parseSignatures } from './parse-signatures.js';
import { pubsubSignatures } from './pubsub.js';
import { scriptingSignatures } from './scripting.js';
import { serverSignatures } from './server.js';
import { setSignatures } from './set.js';
import { sortedSetSignatures } from './sorted-set.js';
import { streamSignatures } from './stream.js';
import { stringSignatures } from './string.js';
import { transactionsSignatures } from './transactions.js';

const tables: readonly (readonly [group: string, text: string])[] = [
  ['bitmap', bitmapSignatures],
  ['cluster', clusterSignatures],
  ['connection', connectionSignatures],
  ['generic', genericSignatures],
  ['geo', geoSignatures],
  ['hash', hashSignatures],
  ['hyperloglog', hyperloglogSignatures],
  ['list', listSignatures],
  ['pubsub', pubsubSignatures],
  ['scripting', scriptingSignatures],
  ['server', serverSignatures],
  ['set', setSignatures],
  ['sorted-set', sortedSetSignatures],
  ['stream', streamSignatures],
  ['string', stringSignatures],
  ['transactions', transactionsSignatures],
];

let parsed: readonly Signature[] | undefined;

/** The whole command table of Redis 7.0, whether the engine has the command or not. Parsed at the first call. */
export function allSignatures(): readonly Signature[] {
  parsed ??= tables.flatMap(([group, text]) => parseSignatures(group, text));
  return parsed;
}
