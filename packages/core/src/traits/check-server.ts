import { channel } from 'node:diagnostics_channel';
import { checkObject } from '../checks/check-call.js';
import { checkDriver } from '../checks/check-driver.js';
import type { Driver } from '../contract/driver.js';
import type { Lane } from '../contract/lane.js';
import { isServerError } from '../errors/server-error.js';
import { pairsReply, stringReply } from '../reply/readers.js';

/** What the patterns in use rely on. */
export interface ServerNeeds {
  /** Keys must not be evicted (locks, queues, sessions). */
  readonly noEviction?: boolean;
  /** What was acknowledged should outlive a restart (streams, queues). */
  readonly persistence?: boolean;
}

/** One thing about a server that endangers what runs on it, or that could not be found out. */
export interface ServerWarning {
  readonly code: 'EVICTION' | 'NO_PERSISTENCE' | 'REPLICA_LAG' | 'UNKNOWN_CONFIG' | 'UNKNOWN_REPLICATION';
  readonly message: string;
}

/** Replicas further behind than this, in bytes, are worth a warning. */
const laggingBytes = 10 * 1024 * 1024;
const warnings = channel('penknife:server.warning');
const warned = new WeakMap<object, Set<string>>();

/**
 * Looks at every primary for what endangers the patterns in use, and says each thing once per driver: as the result, and on
 * the diagnostics channel `penknife:server.warning`. Where CONFIG is forbidden, as on managed servers, it says just that.
 */
export async function checkServer(driver: Driver, needs: ServerNeeds): Promise<readonly ServerWarning[]> {
  checkDriver(driver);
  checkObject('needs', needs);
  const lanes = await driver.nodes();
  try {
    const found = (await Promise.all(lanes.map((lane) => checkNode(lane, needs)))).flat();
    const known = warned.get(driver) ?? new Set<string>();
    warned.set(driver, known);
    const fresh: ServerWarning[] = [];
    for (const warning of found) {
      if (known.has(warning.code)) continue;
      known.add(warning.code);
      fresh.push(warning);
      warnings.publish(warning);
    }
    return fresh;
  } finally {
    await Promise.all(lanes.map((lane) => lane.close()));
  }
}

async function checkNode(lane: Lane, needs: ServerNeeds): Promise<ServerWarning[]> {
  const value = (reply: unknown): string => String(reply);
  const [config, replication] = await lane.batch(
    [
      {
        args: ['CONFIG', 'GET', 'maxmemory-policy', 'maxmemory', 'save', 'appendonly'],
        read: pairsReply('CONFIG GET', value),
      },
      { args: ['INFO', 'replication'], read: stringReply('INFO') },
    ],
    { deadlineMs: 5000 },
  );
  const result: ServerWarning[] = [];
  if (config.ok) result.push(...configWarnings(new Map(config.value), needs));
  else if (isServerError(config.error)) {
    result.push({
      code: 'UNKNOWN_CONFIG',
      message: `CONFIG GET was refused (${config.error.code}): make sure yourself that maxmemory-policy is noeviction and persistence is on`,
    });
  } else throw config.error;
  if (!replication.ok) {
    if (!isServerError(replication.error)) throw replication.error;
    result.push({
      code: 'UNKNOWN_REPLICATION',
      message: `INFO was refused (${replication.error.code}): how far replicas are behind is not known`,
    });
  } else if (lagOf(replication.value) > laggingBytes) {
    result.push({
      code: 'REPLICA_LAG',
      message: 'a replica is more than 10 MB behind: a failover would lose that much',
    });
  }
  return result;
}

function configWarnings(config: ReadonlyMap<string, string>, needs: ServerNeeds): ServerWarning[] {
  const result: ServerWarning[] = [];
  const policy = config.get('maxmemory-policy') ?? 'noeviction';
  if (needs.noEviction && policy !== 'noeviction' && config.get('maxmemory') !== '0') {
    result.push({
      code: 'EVICTION',
      message: `maxmemory-policy is ${policy}: keys of the patterns in use can be evicted; set noeviction`,
    });
  }
  if (needs.persistence && config.get('appendonly') !== 'yes' && (config.get('save') ?? '') === '') {
    result.push({ code: 'NO_PERSISTENCE', message: 'neither AOF nor RDB is on: a restart loses everything' });
  }
  return result;
}

function lagOf(info: string): number {
  const primary = Number(/^master_repl_offset:(\d+)/m.exec(info)?.[1] ?? 0);
  const offsets = [...info.matchAll(/^slave\d+:.*offset=(\d+)/gm)].map((match) => Number(match[1]));
  return offsets.length === 0 ? 0 : primary - Math.min(...offsets);
}
