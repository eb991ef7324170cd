import { CommandEntry, type CommandFunction } from '../engine/command-entry.js';
import { wrongArity } from '../engine/errors.js';
import { families } from './families.js';
import { allSignatures } from './signatures/all-signatures.js';

/** Functions by command name; a subcommand is `config|get`. What a family file gives the table. */
export type CommandFamily = Readonly<Record<string, CommandFunction>>;

/**
 * Binds the functions of all families to the signatures of Redis 7.0. Names are found in lower and in upper case; a
 * fresh table for every engine, since entries count their calls.
 */
export function createCommandTable(): ReadonlyMap<string, CommandEntry> {
  const functions = new Map<string, CommandFunction>();
  for (const family of families) for (const [name, run] of Object.entries(family)) functions.set(name, run);
  const signatures = allSignatures();
  const subcommands = new Map<string, Map<string, CommandEntry>>();
  for (const signature of signatures) {
    const [container = '', name] = signature.name.split('|');
    const run = functions.get(signature.name);
    if (name === undefined || run === undefined) continue;
    const entries = subcommands.get(container) ?? new Map<string, CommandEntry>();
    entries.set(name, new CommandEntry(signature, run, undefined));
    subcommands.set(container, entries);
  }
  const table = new Map<string, CommandEntry>();
  for (const signature of signatures) {
    if (signature.name.includes('|')) continue;
    const contained = subcommands.get(signature.name);
    const run = functions.get(signature.name);
    if (run === undefined && contained === undefined) continue;
    const entry = new CommandEntry(signature, run ?? (() => wrongArity(signature.name)), contained);
    table.set(signature.name, entry);
    table.set(signature.name.toUpperCase(), entry);
  }
  return table;
}
