import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { FlavourSource } from '../flavours.js';
import { inspectBinary, MissingServerError, type ServerBinary } from '../server-binary.js';

interface Manifest {
  readonly version: string;
  readonly loader: string;
  readonly libraries: readonly string[];
  readonly server: string;
}

const manifestFile = 'server.json';

/** Real files only: the symbolic link of the loader may be absolute and would then name the machine's own. */
async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

function commandOf(
  folder: string,
  source: FlavourSource,
  manifest: Manifest,
): readonly [string, ...string[]] {
  return [
    join(folder, manifest.loader),
    '--library-path',
    manifest.libraries.map((library) => join(folder, library)).join(':'),
    '--argv0',
    `${source.product}-server`,
    join(folder, manifest.server),
  ];
}

/**
 * Looks through unpacked packages for the server, the dynamic loader and the folders with its libraries, proves that
 * the server runs and is of the wanted version, and writes this down in the folder (with relative paths, so that the
 * folder may be moved). The server is started through that loader, because it may be built for a newer C library than
 * the machine's.
 */
export async function describeUnpacked(folder: string, source: FlavourSource): Promise<void> {
  const files = await filesBelow(folder);
  const loader = files.find((file) => /\/ld-linux[^/]*\.so\.\d+$/.test(file));
  if (!loader) throw new MissingServerError('the unpacked packages hold no dynamic loader');
  const libraries = new Set(
    files.filter((file) => /\.so(\.\d+)*$/.test(file)).map((file) => relative(folder, join(file, '..'))),
  );
  const manifest = {
    loader: relative(folder, loader),
    libraries: [...libraries].filter((library) => !/gconv|ossl-modules|engines/.test(library)),
    // By its link's name: the file behind it is one program under many names and goes by how it is called.
    server: `usr/bin/${source.product}-server`,
  };
  const unnumbered = commandOf(folder, source, { ...manifest, version: '' });
  const { version } = await inspectBinary(unnumbered, folder);
  if (!version.startsWith(source.version)) {
    throw new MissingServerError(`the package index offers version ${version}, not ${source.version}x`);
  }
  await writeFile(join(folder, manifestFile), `${JSON.stringify({ ...manifest, version }, null, 2)}\n`);
}

/** The server of a folder that `describeUnpacked` has finished; undefined when there is none yet. */
export async function readUnpacked(folder: string, source: FlavourSource): Promise<ServerBinary | undefined> {
  const text = await readFile(join(folder, manifestFile), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const manifest = JSON.parse(text) as Manifest;
  const command = commandOf(folder, source, manifest);
  return { product: source.product, version: manifest.version, command, origin: folder };
}
