import type { Signature } from '../../engine/command-entry.js';
import type { Compatibility } from '../../engine/server-profile.js';
import { bitmapSignatures } from './bitmap.js';
import { clusterSignatures } from './cluster.js';
import { connectionSignatures } from './connection.js';
import { genericSignatures } from './generic.js';
import { geoSignatures } from './geo.js';
import { hashSignatures } from './hash.js';
import { hyperloglogSignatures } from './hyperloglog.js';
import { laterSignatures } from './later.js';
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

const parsed = new Map<Compatibility, readonly Signature[]>();

/** The whole command table of a server, whether the engine has the command or not. Parsed at the first call. */
export function allSignatures(compatibility: Compatibility = '7.0'): readonly Signature[] {
  let signatures = parsed.get(compatibility);
  if (signatures === undefined) {
    const byName = new Map<string, Signature>();
    for (const [group, text] of tables)
      for (const signature of parseSignatures(group, text)) byName.set(signature.name, signature);
    for (const signature of laterOf(compatibility)) byName.set(signature.name, signature);
    signatures = [...byName.values()];
    parsed.set(compatibility, signatures);
  }
  return signatures;
}

/** What a server has beyond 7.0, and what it says differently. */
function laterOf(compatibility: Compatibility): Signature[] {
  const found: Signature[] = [];
  for (const line of laterSignatures.split('\n')) {
    const [servers = '', group = '', text = ''] = line.split(' > ');
    if (servers.split(' ').includes(compatibility)) found.push(...parseSignatures(group, text));
  }
  return found;
}
