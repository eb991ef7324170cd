import { access, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FlavourSource } from '../flavours.js';
import { runCommand } from '../run-command.js';
import { MissingServerError } from '../server-binary.js';
import { privateApt } from './apt.js';
import { machineMirror } from './apt-sources.js';
import { libraryClosure } from './library-closure.js';
import { describeUnpacked } from './unpacked-server.js';

/** Rejects with a `MissingServerError` unless this machine is a Debian with its apt tools and archive keyring. */
export async function requireDebian(): Promise<void> {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const needed = ['/usr/bin/apt-get', '/usr/bin/dpkg-deb', '/usr/share/keyrings/debian-archive-keyring.gpg'];
  const present = await Promise.all(
    needed.map((file) =>
      access(file).then(
        () => true,
        () => false,
      ),
    ),
  );
  if (!/^ID="?debian"?$/m.test(release) || present.includes(false)) {
    throw new MissingServerError('no Debian packages to fetch on this system');
  }
}

/**
 * Downloads one flavour's server with the libraries it needs from Debian's archive and unpacks them into
 * `<work>/unpacked`, described and proven to run. Needs no root and leaves nothing outside of `work`, which must exist
 * and be empty. About 20 MB over the network, three to four seconds on a fast line.
 */
export async function unpackPackages(work: string, source: FlavourSource): Promise<string> {
  const apt = await privateApt(join(work, 'apt'), source, await machineMirror());
  await apt.run('apt-get', ['update']);
  const tools = `${source.product}-tools`;
  const libraries = libraryClosure(await apt.run('apt-cache', ['depends', '--recurse', '-i', tools]), tools);
  const archives = join(work, 'archives');
  await mkdir(archives);
  await apt.run('apt-get', ['download', `${source.product}-server`, tools, ...libraries], archives);
  const unpacked = join(work, 'unpacked');
  await mkdir(unpacked);
  for (const archive of await readdir(archives)) {
    await runCommand('dpkg-deb', ['-x', join(archives, archive), unpacked]);
  }
  await rm(join(unpacked, 'usr/share'), { recursive: true, force: true });
  await describeUnpacked(unpacked, source);
  return unpacked;
}
