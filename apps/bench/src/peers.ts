import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Lockfile, type PeerFit, peerFit } from './peer-fit.js';

/** Other libraries, installed in a folder of their own, in the versions its lockfile pins, so that they can never leak into ours. */
export interface Peers extends Pick<PeerFit, 'fit' | 'leftOut'> {
  /** Rejects for a peer that asks for another Node than this one: see `fit`. */
  load<T>(name: string): Promise<T>;
  version(name: string): string;
  /** Name and version of each. */
  readonly versions: Readonly<Record<string, string>>;
}

const folder = fileURLToPath(new URL('../peers/', import.meta.url));

/** Installs the peers when their lockfile is newer than what is there; throws with npm's last lines when that fails. */
export function openPeers(): Peers {
  const marker = join(folder, 'node_modules/.package-lock.json');
  const lockfile = join(folder, 'package-lock.json');
  if (!existsSync(marker) || statSync(marker).mtimeMs < statSync(lockfile).mtimeMs) {
    const npm = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: folder,
      encoding: 'utf8',
    });
    if (npm.status !== 0)
      throw new Error(`cannot install the peers:\n${npm.stderr?.split('\n').slice(-8).join('\n')}`);
  }
  const require = createRequire(join(folder, 'package.json'));
  const version = (name: string): string =>
    (
      JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')) as {
        version: string;
      }
    ).version;
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    dependencies: Readonly<Record<string, string>>;
  };
  const peers = peerFit(JSON.parse(readFileSync(lockfile, 'utf8')) as Lockfile, process.versions.node);
  return {
    async load<T>(name: string) {
      const refused = peers.refusal(name);
      if (refused !== undefined) throw new Error(refused);
      return (await import(pathToFileURL(require.resolve(name)).href)) as T;
    },
    fit: peers.fit,
    get leftOut() {
      return peers.leftOut;
    },
    version,
    versions: Object.fromEntries(Object.keys(manifest.dependencies).map((name) => [name, version(name)])),
  };
}
