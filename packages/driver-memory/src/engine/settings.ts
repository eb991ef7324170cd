import { formatNotificationFlags, parseNotificationFlags } from './notifications.js';
import { type NumberField, type NumberSetting, numberSettings, parseNumber } from './number-settings.js';
import { mergeOutputClasses } from './output-classes.js';
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
  /** What was set beyond what a double tells apart is given back as it was. */
  readonly #exact: Map<NumberField, string> = new Map();
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

  #number(name: string): NumberSetting | undefined {
    if (!this.#hasSetListpacks && name.startsWith('set-max-listpack')) return undefined;
    return numberSettings.get(name);
  }

  /** All names, for CONFIG GET with patterns. */
  names(): string[] {
    const fields = [...numberSettings.keys()].filter((name) => this.#number(name)?.field !== undefined);
    return [
      ...fields,
      ...aliases.keys(),
      'maxmemory-policy',
      'databases',
      'port',
      ...this.#texts.keys(),
    ].sort();
  }

  get(alias: string): string | undefined {
    const name = aliases.get(alias) ?? alias;
    const field = this.#number(name)?.field;
    if (field !== undefined) return this.#exact.get(field) ?? String(this[field]);
    if (name === 'maxmemory-policy') return this.maxMemoryPolicy;
    if (name === 'databases') return String(this.databases);
    if (name === 'port') return String(this.port);
    if (name === 'notify-keyspace-events') return formatNotificationFlags(this.notifies);
    return this.#texts.get(name);
  }

  /** Sets one setting; otherwise what CONFIG SET says is wrong: the text after the dash, or `unknown`. */
  set(alias: string, value: string): string | undefined {
    const name = aliases.get(alias) ?? alias;
    const number = this.#number(name);
    if (number !== undefined) return this.#setNumber(name, number, value);
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
    if (name === 'client-output-buffer-limit') {
      const outcome = mergeOutputClasses(this.#texts.get(name) as string, value);
      if ('wrong' in outcome) return outcome.wrong;
      this.#texts.set(name, outcome.merged);
      return undefined;
    }
    this.#texts.set(name, value);
    return undefined;
  }

  #setNumber(name: string, setting: NumberSetting, text: string): string | undefined {
    const value = parseNumber(setting, text);
    if (typeof value === 'string') return value;
    if (setting.field === undefined) this.#texts.set(name, String(value));
    else {
      this[setting.field] = Number(value);
      this.#exact.set(setting.field, String(value));
    }
    return undefined;
  }
}

/** Other names of settings; all of them are shown. */
const aliases: ReadonlyMap<string, string> = new Map([['lua-time-limit', 'busy-reply-threshold']]);

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
