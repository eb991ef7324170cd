import { CommandEntry } from '../engine/command-entry.js';
import { wrongArity } from '../engine/errors.js';
import type { Compatibility } from '../engine/server-profile.js';
import type { Command, CommandFunction, Session } from '../engine/session.js';
import { families } from './families.js';
import { allSignatures } from './signatures/all-signatures.js';

/**
 * Binds the functions of all families to the signatures of a server: what it has no signature for is unknown there. Names are
 * found in lower and in upper case; a fresh table for every engine, since entries count their calls.
 */
export function createCommandTable(compatibility: Compatibility = '7.0'): ReadonlyMap<string, Command> {
  const functions = new Map<string, CommandFunction>();
  for (const family of families) for (const [name, run] of Object.entries(family)) functions.set(name, run);
  const signatures = allSignatures(compatibility);
  const subcommands = new Map<string, Map<string, Command>>();
  for (const signature of signatures) {
    const [container = '', name] = signature.name.split('|');
    const run = functions.get(signature.name);
    if (name === undefined || run === undefined) continue;
    const entries = subcommands.get(container) ?? new Map<string, Command>();
    entries.set(name, new CommandEntry<Session>(signature, run, undefined));
    subcommands.set(container, entries);
  }
  const table = new Map<string, Command>();
  for (const signature of signatures) {
    if (signature.name.includes('|')) continue;
    const contained = subcommands.get(signature.name);
    const run = functions.get(signature.name);
    if (run === undefined && contained === undefined) continue;
    const entry = new CommandEntry<Session>(signature, run ?? (() => wrongArity(signature.name)), contained);
    table.set(signature.name, entry);
    table.set(signature.name.toUpperCase(), entry);
  }
  return table;
}
