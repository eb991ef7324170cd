import type { Reply } from '../contract/command.js';
import type { Driver } from '../contract/driver.js';
import type { Lane } from '../contract/lane.js';
import type { Capability, Traits } from '../contract/traits.js';
import { isServerError } from '../errors/server-error.js';
import { rawReply, stringReply } from '../reply/readers.js';

/** Capabilities that are a command of their own. */
const byCommand: readonly (readonly [Capability, string])[] = [
  ['sharded-pubsub', 'SPUBLISH'],
  ['functions', 'FCALL'],
  ['waitaof', 'WAITAOF'],
  ['hash-field-ttl', 'HPEXPIRE'],
  ['delex', 'DELEX'],
  ['delifeq', 'DELIFEQ'],
  ['xackdel', 'XACKDEL'],
  // It came with Redis 8.6.2, which mended IDMP: the append-only file of earlier ones can lose its names.
  ['xadd-idmp', 'XIDMPRECORD'],
];

/** Capabilities that are an option of a command, found by its token in COMMAND DOCS. */
const byToken: readonly (readonly [Capability, command: string, token: string])[] = [
  ['set-ifeq', 'SET', 'IFEQ'],
  ['xreadgroup-claim', 'XREADGROUP', 'CLAIM'],
];

/** Asks every primary and keeps what all of them can do. Harmless: INFO, COMMAND INFO, COMMAND DOCS. */
export async function probeTraits(driver: Pick<Driver, 'nodes' | 'topology'>): Promise<Traits> {
  const lanes = await driver.nodes();
  try {
    const nodes = await Promise.all(lanes.map((lane) => probeNode(lane)));
    const common = new Set(
      [...byCommand, ...byToken]
        .map(([capability]) => capability)
        .filter((capability) => nodes.every((node) => node.capabilities.has(capability))),
    );
    const oldest = nodes.reduce((low, node) => (compareVersions(node.version, low.version) < 0 ? node : low));
    return {
      topology: driver.topology,
      server: oldest.server,
      version: oldest.version,
      supports: (capability) => common.has(capability),
    };
  } finally {
    await Promise.all(lanes.map((lane) => lane.close()));
  }
}

interface NodeTraits {
  readonly server: Traits['server'];
  readonly version: string;
  readonly capabilities: ReadonlySet<Capability>;
}

async function probeNode(lane: Lane): Promise<NodeTraits> {
  const options = { deadlineMs: 5000 };
  const [info, commands, docs] = await lane.batch(
    [
      { args: ['INFO', 'server'], read: stringReply('INFO') },
      { args: ['COMMAND', 'INFO', ...byCommand.map(([, command]) => command)], read: rawReply },
      { args: ['COMMAND', 'DOCS', ...byToken.map(([, command]) => command)], read: rawReply },
    ],
    options,
  );
  for (const outcome of [info, commands, docs]) {
    // A user who may not ask (NOPERM), or a server without the command, has answered: nothing beyond the common ground.
    if (!outcome.ok && !isServerError(outcome.error)) throw outcome.error;
  }
  const capabilities = new Set<Capability>();
  if (commands.ok && Array.isArray(commands.value)) {
    commands.value.forEach((entry: Reply, i: number) => {
      const capability = byCommand[i]?.[0];
      if (capability !== undefined && Array.isArray(entry)) capabilities.add(capability);
    });
  }
  if (docs.ok && Array.isArray(docs.value)) {
    for (const [capability, command, token] of byToken) {
      const at = docs.value.findIndex(
        (entry: Reply) => typeof entry === 'string' && entry.toUpperCase() === command,
      );
      if (at >= 0 && mentionsToken(docs.value[at + 1], token)) capabilities.add(capability);
    }
  }
  const text = info.ok ? info.value : '';
  return { server: serverOf(text), version: versionOf(text), capabilities };
}

function mentionsToken(reply: Reply | undefined, token: string): boolean {
  if (!Array.isArray(reply)) return false;
  return reply.some(
    (entry: Reply, i: number) =>
      (entry === 'token' && String(reply[i + 1]).toUpperCase() === token) || mentionsToken(entry, token),
  );
}

function serverOf(info: string): Traits['server'] {
  const name = /^server_name:(\S+)/m.exec(info)?.[1];
  if (name === 'valkey' || name === 'penknife-memory') return name;
  return /^redis_version:/m.test(info) ? 'redis' : 'unknown';
}

function versionOf(info: string): string {
  return /^valkey_version:(\S+)/m.exec(info)?.[1] ?? /^redis_version:(\S+)/m.exec(info)?.[1] ?? '0.0.0';
}

function compareVersions(left: string, right: string): number {
  const a = left.split('.').map(Number);
  const b = right.split('.').map(Number);
  for (let i = 0; i < 3; i++) {
    const difference = (a[i] || 0) - (b[i] || 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
