import { type Flavour, flavourSources, type Product } from './flavours.js';
import { runCommand } from './run-command.js';

/**
 * A server program that can be started: `command` is the program with the arguments that must come first
 * (a fetched one runs through its own dynamic loader), `origin` says in words where it was found.
 */
export interface ServerBinary {
  readonly product: Product;
  readonly version: string;
  readonly command: readonly [string, ...string[]];
  readonly origin: string;
}

/** The oldest version that is accepted; every Valkey is newer than that. */
const oldestVersion = '7.0';

/** No usable server: the message is one line with the reason and the ways to get one. */
export class MissingServerError extends Error {
  override readonly name = 'MissingServerError';
}

/**
 * Reads what `--version` prints ("Redis server v=7.0.15 sha=…", "Valkey server v=8.1.1 …").
 * Returns undefined for anything else.
 */
export function parseVersion(printed: string): { product: Product; version: string } | undefined {
  const match = /^(Redis|Valkey) server v=(\d+\.\d+\.\d+)/m.exec(printed);
  if (!match) return undefined;
  return { product: match[1] === 'Redis' ? 'redis' : 'valkey', version: match[2]! };
}

/** Whether a version satisfies `oldestVersion`. Compares major and minor as numbers. */
export function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldestVersion.split('.').map(Number);
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}

/** Whether a binary belongs to a flavour: the same product, and a version of its line. */
export function isOfFlavour(binary: ServerBinary, flavour: Flavour): boolean {
  const { product, version } = flavourSources[flavour];
  return binary.product === product && binary.version.startsWith(version);
}

// As many entries as there are server programs installed: asking costs as much time as starting a server.
const printedVersions = new Map<string, string>();

async function printVersion([file, ...first]: readonly [string, ...string[]]): Promise<string> {
  const key = [file, ...first].join(' ');
  const known = printedVersions.get(key);
  if (known !== undefined) return known;
  const printed = await runCommand(file, [...first, '--version'], { timeoutMs: 20_000 });
  printedVersions.set(key, printed);
  return printed;
}

/**
 * Asks a program for its version (once in the life of this process). Rejects with a `MissingServerError` that names the program when it cannot run,
 * prints something else, or is older than `oldestVersion`.
 */
export async function inspectBinary(
  command: readonly [string, ...string[]],
  origin: string,
): Promise<ServerBinary> {
  const [file] = command;
  const printed = await printVersion(command).catch((cause) => {
    throw new MissingServerError(`${file} does not run: ${cause.message}`, { cause });
  });
  const found = parseVersion(printed);
  if (!found)
    throw new MissingServerError(`${file} --version printed "${printed.trim()}", no server's version`);
  if (!isNewEnough(found.version)) {
    throw new MissingServerError(
      `${file} is ${found.product} ${found.version}; ${oldestVersion} or later is needed`,
    );
  }
  return { ...found, command, origin };
}
