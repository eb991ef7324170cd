import { resetCounters } from '../../engine/command-entry.js';
import { failure, shown } from '../../engine/errors.js';
import { matchesGlob } from '../../engine/glob.js';
import { type CommandError, OK, type Reply } from '../../engine/reply.js';
import type { Session } from '../../engine/session.js';
import { freshStatistics } from '../../engine/statistics.js';
import type { CommandFamily } from '../command-family.js';

function get(session: Session, args: readonly string[]): Reply {
  const { config } = session.engine;
  const found: string[] = [];
  const patterns = args.slice(2).map((pattern) => pattern.toLowerCase());
  for (const name of config.names()) {
    if (patterns.some((pattern) => pattern === name || matchesGlob(pattern, name))) {
      found.push(name, config.get(name) as string);
    }
  }
  return session.map(found);
}

function set(session: Session, args: readonly string[]): Reply {
  const { config } = session.engine;
  if (args.length % 2 !== 0) throw failure("wrong number of arguments for 'config|set' command");
  const names = args.filter((_arg, i) => i >= 2 && i % 2 === 0).map((name) => name.toLowerCase());
  names.forEach((name, i) => {
    if (config.get(name) === undefined) {
      throw failure(
        `Unknown option or number of arguments for CONFIG SET - '${shown(args[2 + 2 * i] as string)}'`,
      );
    }
    if (names.indexOf(name) < i) throw failed(name, 'duplicate parameter');
  });
  const before = names.map((name) => config.get(name) as string);
  names.forEach((name, i) => {
    const wrong = config.set(name, args[3 + 2 * i] as string);
    if (wrong === undefined) return;
    for (let j = 0; j < i; j++) config.set(names[j] as string, before[j] as string);
    throw failed(name, wrong);
  });
  return OK;
}

function failed(name: string, reason: string): CommandError {
  return failure(`CONFIG SET failed (possibly related to argument '${name}') - ${reason}`);
}

function resetStatistics(session: Session): Reply {
  const { engine } = session;
  engine.stats = freshStatistics();
  resetCounters(engine.commands.values());
  return OK;
}

/** CONFIG. */
export const configCommands: CommandFamily = {
  'config|get': get,
  'config|set': set,
  'config|resetstat': resetStatistics,
};
