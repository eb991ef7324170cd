import { formatNotificationFlags, parseNotificationFlags } from './notifications.js';
import type { ServerProfile } from './server-profile.js';

/**
 * What CONFIG sets: the settings this engine acts on as fields, all others that clients ask for as texts. A setting the
 * engine has no use for is remembered and given back, nothing more.
 */
export class Settings {
  notifies = 0;
  hashMaxEntries = 512;
  hashMaxValue = 64;
  setMaxIntegers = 512;
  /** Since Redis 7.2; 0 before that. */
  setMaxEntries = 0;
  setMaxValue = 64;
  zsetMaxEntries = 128;
  zsetMaxValue = 64;
  streamNodeEntries = 100;
  streamNodeBytes = 4096;
  slowerThanMicroseconds = 10_000;
  slowLogLength = 128;
  maxMemoryPolicy = 'noeviction';
  databases: number;
  /** Where the server in front of the engine listens; 0 without one. */
  port = 0;
  readonly #hasSetListpacks: boolean;
  readonly #texts: Map<string, string> = new Map([
    ['maxmemory', '0'],
    ['maxmemory-samples', '5'],
    ['maxmemory-clients', '0'],
    ['save', ''],
    ['appendonly', 'no'],
    ['appendfsync', 'everysec'],
    ['timeout', '0'],
    ['tcp-keepalive', '300'],
    ['bind', ''],
    ['dir', ''],
    ['dbfilename', 'dump.rdb'],
    ['requirepass', ''],
    ['maxclients', '10000'],
    ['proto-max-bulk-len', '536870912'],
    ['lua-time-limit', '5000'],
    ['busy-reply-threshold', '5000'],
    ['latency-monitor-threshold', '0'],
    ['list-max-listpack-size', '-2'],
    ['list-compress-depth', '0'],
    ['hll-sparse-max-bytes', '3000'],
    ['lfu-log-factor', '10'],
    ['lfu-decay-time', '1'],
    ['lazyfree-lazy-expire', 'no'],
    ['lazyfree-lazy-eviction', 'no'],
    ['lazyfree-lazy-server-del', 'no'],
    ['lazyfree-lazy-user-del', 'no'],
    ['lazyfree-lazy-user-flush', 'no'],
    ['tracking-table-max-keys', '1000000'],
    ['active-expire-effort', '1'],
    ['hz', '10'],
    ['loglevel', 'notice'],
    ['cluster-enabled', 'no'],
    ['replica-read-only', 'yes'],
    ['min-replicas-to-write', '0'],
    ['min-replicas-max-lag', '10'],
    ['client-output-buffer-limit', 'normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60'],
    ['acllog-max-len', '128'],
    ['notify-keyspace-events', ''],
  ]);

  constructor(databases: number, profile: ServerProfile) {
    this.databases = databases;
    this.#hasSetListpacks = profile.isLater;
    if (profile.isLater) this.setMaxEntries = 128;
  }

  #numeric(name: string): NumericField | undefined {
    if (!this.#hasSetListpacks && name.startsWith('set-max-listpack')) return undefined;
    return numeric.get(name);
  }

  /** All names, for CONFIG GET with patterns. */
  names(): string[] {
    const numbers = [...numeric.keys()].filter((name) => this.#numeric(name) !== undefined);
    return [...numbers, 'maxmemory-policy', 'databases', 'port', ...this.#texts.keys()].sort();
  }

  get(name: string): string | undefined {
    const field = this.#numeric(name);
    if (field !== undefined) return String(this[field.name]);
    if (name === 'maxmemory-policy') return this.maxMemoryPolicy;
    if (name === 'databases') return String(this.databases);
    if (name === 'port') return String(this.port);
    if (name === 'notify-keyspace-events') return formatNotificationFlags(this.notifies);
    return this.#texts.get(name);
  }

  /** Sets one setting; otherwise what CONFIG SET says is wrong: the text after the dash, or `unknown`. */
  set(name: string, value: string): string | undefined {
    const field = this.#numeric(name);
    if (field !== undefined) return this.#setNumber(field, value);
    if (name === 'maxmemory-policy') {
      if (!policies.includes(value)) {
        return `argument(s) must be one of the following: ${policies.join(', ')}`;
      }
      this.maxMemoryPolicy = value;
      return undefined;
    }
    if (name === 'notify-keyspace-events') {
      const bits = parseNotificationFlags(value);
      if (bits === undefined) return "Invalid event class character. Use 'Ag$lshzxeKEtmdn'.";
      this.notifies = bits;
      return undefined;
    }
    if (immutable.has(name)) return "can't set immutable config";
    if (!this.#texts.has(name)) return 'unknown';
    if (name === 'maxmemory' || name === 'proto-max-bulk-len') return this.#setMemory(name, value);
    this.#texts.set(name, value);
    return undefined;
  }

  #setNumber(field: NumericField, text: string): string | undefined {
    if (!/^-?\d+$/.test(text)) return "argument couldn't be parsed into an integer";
    const value = Number(text);
    const high =
      field.name === 'slowLogLength' || field.low === 0 || field.low === -1 ? 2 ** 63 : 2 ** 31 - 1;
    if (value < field.low || value > high) {
      return `argument must be between ${field.low} and ${BigInt(high) - (high === 2 ** 63 ? 1n : 0n)} inclusive`;
    }
    this[field.name] = value;
    return undefined;
  }

  #setMemory(name: string, text: string): string | undefined {
    const match = /^(\d+)(b|k|kb|m|mb|g|gb)?$/i.exec(text);
    if (match === null) return 'argument must be a memory value';
    this.#texts.set(name, String(Number(match[1]) * (units.get((match[2] ?? 'b').toLowerCase()) ?? 1)));
    return undefined;
  }
}

interface NumericField {
  readonly name:
    | 'hashMaxEntries'
    | 'hashMaxValue'
    | 'setMaxIntegers'
    | 'setMaxEntries'
    | 'setMaxValue'
    | 'zsetMaxEntries'
    | 'zsetMaxValue'
    | 'streamNodeEntries'
    | 'streamNodeBytes'
    | 'slowerThanMicroseconds'
    | 'slowLogLength';
  readonly low: number;
}

const numeric: ReadonlyMap<string, NumericField> = new Map<string, NumericField>([
  ['hash-max-listpack-entries', { name: 'hashMaxEntries', low: 0 }],
  ['hash-max-ziplist-entries', { name: 'hashMaxEntries', low: 0 }],
  ['hash-max-listpack-value', { name: 'hashMaxValue', low: 0 }],
  ['hash-max-ziplist-value', { name: 'hashMaxValue', low: 0 }],
  ['set-max-intset-entries', { name: 'setMaxIntegers', low: 0 }],
  ['set-max-listpack-entries', { name: 'setMaxEntries', low: 0 }],
  ['set-max-listpack-value', { name: 'setMaxValue', low: 0 }],
  ['zset-max-listpack-entries', { name: 'zsetMaxEntries', low: 0 }],
  ['zset-max-ziplist-entries', { name: 'zsetMaxEntries', low: 0 }],
  ['zset-max-listpack-value', { name: 'zsetMaxValue', low: 0 }],
  ['zset-max-ziplist-value', { name: 'zsetMaxValue', low: 0 }],
  ['stream-node-max-entries', { name: 'streamNodeEntries', low: 0 }],
  ['stream-node-max-bytes', { name: 'streamNodeBytes', low: 0 }],
  ['slowlog-log-slower-than', { name: 'slowerThanMicroseconds', low: -1 }],
  ['slowlog-max-len', { name: 'slowLogLength', low: 0 }],
]);

const policies: readonly string[] = [
  'volatile-lru',
  'volatile-lfu',
  'volatile-random',
  'volatile-ttl',
  'allkeys-lru',
  'allkeys-lfu',
  'allkeys-random',
  'noeviction',
];

const immutable: ReadonlySet<string> = new Set(['databases', 'port', 'cluster-enabled']);

const units: ReadonlyMap<string, number> = new Map([
  ['b', 1],
  ['k', 1000],
  ['kb', 1024],
  ['m', 1000 ** 2],
  ['mb', 1024 ** 2],
  ['g', 1000 ** 3],
  ['gb', 1024 ** 3],
]);
