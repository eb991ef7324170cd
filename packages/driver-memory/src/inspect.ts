import { calledCommands } from './commands/server/info.js';
import { toText } from './driver/text.js';
import type { Engine } from './engine/engine.js';
import type { Kind } from './engine/value.js';

/** One key as `inspect` shows it. */
export interface InspectedKey {
  readonly database: number;
  readonly key: string;
  readonly type: Kind;
  /** Milliseconds left; undefined for a key that stays. */
  readonly ttlMs: number | undefined;
}

/** What an engine holds and has done. */
export interface Inspection {
  /** Keys that are there now, by database, in no promised order. */
  readonly keys: readonly InspectedKey[];
  /** Calls by command, names in lower case, subcommands as `config|get`. */
  readonly commands: Readonly<Record<string, number>>;
  /** Open connections of all drivers. */
  readonly connections: number;
  /** Connections that wait in a blocking command. */
  readonly blocked: number;
}

/** Looks at an engine without touching it. */
export function inspectEngine(engine: Engine): Inspection {
  const now = Math.floor(engine.clock.now());
  const keys: InspectedKey[] = [];
  for (const { index, entries } of engine.databases) {
    entries.forEach(({ kind, expiresAt }, key) => {
      if (expiresAt !== undefined && now > expiresAt) return;
      const ttlMs = expiresAt === undefined ? undefined : expiresAt - now;
      keys.push({ database: index, key: toText(key), type: kind, ttlMs });
    });
  }
  const commands = Object.fromEntries(calledCommands(engine).map(({ name, calls }) => [name, calls]));
  return { keys, commands, connections: engine.sessions.size, blocked: engine.blocking.count };
}
