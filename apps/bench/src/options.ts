import { parseArgs } from 'node:util';
import type { Effort } from './measure/measure-case.js';

/** What the command line asks for. */
export interface Options {
  readonly only: readonly string[];
  readonly json: string | undefined;
  readonly html: string;
  readonly effort: Effort;
  readonly list: boolean;
  readonly quick: boolean;
}

/** Reads the command line; throws an `Error` with the usage. */
export function readOptions(args: readonly string[]): Options {
  const usage = `usage: npm run bench -- [--only NAME]… [--quick] [--json FILE] [--html FILE] [--list]
NAME is a case, 'name*' what begins so, a folder, or a part of names; --list tells them`;
  try {
    const { values } = parseArgs({
      args: args.filter((arg) => arg !== '--'),
      options: {
        only: { type: 'string', multiple: true },
        quick: { type: 'boolean' },
        json: { type: 'string' },
        html: { type: 'string' },
        list: { type: 'boolean' },
      },
    });
    return {
      only: values.only ?? [],
      json: values.json,
      html: values.html ?? 'bench-report.html',
      list: values.list ?? false,
      quick: values.quick ?? false,
      // The warm-up is never short: with one call in flight a fifth of a second may end before the engine has compiled the path.
      effort: values.quick
        ? { rounds: 3, roundMs: 200, warmUpMs: 1000 }
        : { rounds: 9, roundMs: 500, warmUpMs: 1000 },
    };
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}
