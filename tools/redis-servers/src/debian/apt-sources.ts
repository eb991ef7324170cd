import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Debian's own mirror address, used when the machine's apt sources name no Debian mirror. */
export const standardMirror = 'http://deb.debian.org/debian';

/**
 * The mirror of Debian's archive that one sources file names first, in either of its two formats. Only http and https
 * addresses whose path ends in `/debian` count: the security archive and other vendors' repositories hold other
 * packages. Returns undefined when there is none.
 */
export function mirrorIn(sources: string): string | undefined {
  for (const raw of sources.split('\n')) {
    const line = raw.trim();
    if (line.startsWith('#')) continue;
    const listed =
      /^deb\s+(?:\[[^\]]*\]\s+)?(\S+)/.exec(line)?.[1] ?? /^URIs:\s*(.+)$/i.exec(line)?.[1] ?? '';
    for (const address of listed.split(/\s+/)) {
      if (/^https?:\/\/\S+\/debian\/?$/.test(address)) return address.replace(/\/$/, '');
    }
  }
  return undefined;
}

/** The mirror this machine uses for Debian's archive, read from `/etc/apt/sources.list*`, or Debian's own. */
export async function machineMirror(folder = '/etc/apt'): Promise<string> {
  const parts = await readdir(join(folder, 'sources.list.d')).catch(() => []);
  const files = [
    join(folder, 'sources.list'),
    ...parts
      .filter((name) => /\.(list|sources)$/.test(name))
      .sort()
      .map((name) => join(folder, 'sources.list.d', name)),
  ];
  for (const file of files) {
    const mirror = mirrorIn(await readFile(file, 'utf8').catch(() => ''));
    if (mirror) return mirror;
  }
  return standardMirror;
}
