import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fetchFlavour } from './debian/fetch-flavour.js';
import { type Flavour, fallbackFlavour, parseFlavour } from './flavours.js';
import { inspectBinary, isOfFlavour, MissingServerError, type ServerBinary } from './server-binary.js';

/** Which server is wanted and, for tests, in which world to look for it. */
export interface FindOptions {
  /** Without it any server of version 7.0 or later is taken. */
  readonly flavour?: Flavour | undefined;
  readonly environment?: NodeJS.ProcessEnv;
  readonly homebrewFolders?: readonly string[];
  /** How a flavour is fetched when none is installed. */
  readonly fetch?: (flavour: Flavour) => Promise<ServerBinary>;
}

const homebrew = ['/opt/homebrew/bin', '/usr/local/bin', '/home/linuxbrew/.linuxbrew/bin'];
const waysToGetOne =
  'get one with `apt-get install redis-server`, `brew install redis` or `brew install valkey`, ' +
  'or set REDIS_BIN_DIR to the folder that holds redis-server';

async function inFolders(name: string, folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) {
    const path = join(folder, name);
    const usable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (usable) return path;
  }
  return undefined;
}

/** The programs to look at, best first; never a server that already runs, because tests flush. */
async function candidates(path: readonly string[], brew: readonly string[]): Promise<readonly string[]> {
  const found = [
    await inFolders('redis-server', path),
    await inFolders('valkey-server', path),
    await inFolders('redis-server', brew),
    await inFolders('valkey-server', brew),
  ];
  return found.filter((file) => file !== undefined);
}

/**
 * Finds a server program: REDIS_BIN_DIR (which must then hold one), `redis-server` and then `valkey-server` on PATH,
 * Homebrew's folders, and last Debian's packages, unpacked without root into a cache folder. With a flavour, an
 * installed server is taken only when it is of that flavour, and REDIS_BIN_DIR is passed over when it is not.
 * PENKNIFE_SERVER_FLAVOUR stands in for a flavour that was not given.
 * Rejects with a `MissingServerError`: one line that says what was tried and the ways to get one.
 */
export async function findBinary(options: FindOptions = {}): Promise<ServerBinary> {
  const environment = options.environment ?? process.env;
  const named = environment.PENKNIFE_SERVER_FLAVOUR;
  const flavour = options.flavour ?? (named ? parseFlavour(named) : undefined);
  const reasons: string[] = [];

  const binFolder = environment.REDIS_BIN_DIR;
  if (binFolder) {
    const file =
      (await inFolders('redis-server', [binFolder])) ?? (await inFolders('valkey-server', [binFolder]));
    if (!file) {
      throw new MissingServerError(`REDIS_BIN_DIR=${binFolder} holds neither redis-server nor valkey-server`);
    }
    const binary = await inspectBinary([file], 'REDIS_BIN_DIR');
    if (!flavour || isOfFlavour(binary, flavour)) return binary;
  }

  const path = (environment.PATH ?? '').split(delimiter).filter(Boolean);
  for (const file of await candidates(path, options.homebrewFolders ?? homebrew)) {
    try {
      const binary = await inspectBinary([file], file);
      if (!flavour || isOfFlavour(binary, flavour)) return binary;
    } catch (error) {
      reasons.push((error as Error).message);
    }
  }

  try {
    return await (options.fetch ?? fetchFlavour)(flavour ?? fallbackFlavour);
  } catch (error) {
    reasons.push((error as Error).message);
    const wanted = flavour ? `no ${flavour} server` : 'no redis-server';
    throw new MissingServerError(`${wanted} found: ${waysToGetOne} (${reasons.join('; ')})`, {
      cause: error,
    });
  }
}
