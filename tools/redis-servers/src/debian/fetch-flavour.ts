import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Flavour, type FlavourSource, flavourSources } from '../flavours.js';
import { withFolderLock } from '../folder-lock.js';
import { MissingServerError, type ServerBinary } from '../server-binary.js';
import { requireDebian, unpackPackages } from './unpack-packages.js';
import { readUnpacked } from './unpacked-server.js';

/** Where fetched servers are kept and, for tests, how they are fetched. */
export interface FetchOptions {
  readonly cacheFolder?: string;
  /** Puts a finished server below the given empty folder and returns its folder. */
  readonly unpack?: (work: string, source: FlavourSource) => Promise<string>;
}

const failureHoldsMs = 600_000;

/** PENKNIFE_SERVERS_CACHE, or a folder inside the workspace's node_modules, which needs no HOME and no root. */
export function defaultCacheFolder(): string {
  return (
    process.env.PENKNIFE_SERVERS_CACHE ?? join(workspaceFolder(), 'node_modules/.cache/penknife-servers')
  );
}

/** Found upwards from here, since this module also runs bundled, elsewhere in the workspace or started from its root. */
function workspaceFolder(): string {
  for (const start of [dirname(fileURLToPath(import.meta.url)), process.cwd()]) {
    for (let folder = start; dirname(folder) !== folder; folder = dirname(folder)) {
      if (existsSync(join(folder, 'pnpm-workspace.yaml'))) return folder;
    }
  }
  return process.cwd();
}

/** A failed fetch is remembered for ten minutes, so that an offline machine waits once and not in every test file. */
async function recentFailure(file: string): Promise<string | undefined> {
  const written = await stat(file).catch(() => undefined);
  if (!written || Date.now() - written.mtimeMs > failureHoldsMs) return undefined;
  return readFile(file, 'utf8');
}

/**
 * The server of a flavour from the cache folder, fetched from Debian's packages when it is not there yet.
 * Safe when several processes ask at once: one fetches, the others wait, and the finished folder appears by a single
 * rename, so nobody ever sees half of it. Rejects with a `MissingServerError` on other systems and without a network.
 */
export async function fetchFlavour(flavour: Flavour, options: FetchOptions = {}): Promise<ServerBinary> {
  const source = flavourSources[flavour];
  const cache = options.cacheFolder ?? defaultCacheFolder();
  const place = join(cache, flavour);
  const ready = await readUnpacked(place, source);
  if (ready) return ready;
  if (!options.unpack) await requireDebian();

  await mkdir(cache, { recursive: true });
  return withFolderLock(`${place}.lock`, async () => {
    const meanwhile = await readUnpacked(place, source);
    if (meanwhile) return meanwhile;
    const failed = `${place}.failed`;
    const failure = await recentFailure(failed);
    if (failure) throw new MissingServerError(`${failure} (tried less than ten minutes ago: ${failed})`);

    const work = await mkdtemp(`${place}.fetching-`);
    try {
      const unpacked = await (options.unpack ?? unpackPackages)(work, source);
      await rm(place, { recursive: true, force: true });
      await rename(unpacked, place);
      await rm(failed, { force: true });
    } catch (cause) {
      const message = `fetching ${flavour} failed: ${(cause as Error).message}`;
      await writeFile(failed, message);
      throw new MissingServerError(message, { cause });
    } finally {
      await rm(work, { recursive: true, force: true });
    }
    const binary = await readUnpacked(place, source);
    if (!binary) throw new MissingServerError(`fetching ${flavour} left no server in ${place}`);
    return binary;
  });
}
