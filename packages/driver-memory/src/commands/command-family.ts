import type { CommandFunction } from '../engine/session.js';

/** Functions by command name; a subcommand is `config|get`. What a family file gives the table. */
export type CommandFamily = Readonly<Record<string, CommandFunction>>;
