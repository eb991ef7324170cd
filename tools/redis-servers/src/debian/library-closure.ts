/**
 * Walks what `apt-cache depends --recurse` prints and returns the shared library packages a package needs, directly or
 * through other libraries, without the package itself. Other dependencies (user management, init scripts) are left
 * out: an unpacked server runs without them. Of alternatives, all that are listed are taken.
 */
export function libraryClosure(printed: string, from: string): readonly string[] {
  const needs = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of printed.split('\n')) {
    const heading = /^([a-z0-9][a-z0-9+.-]*)/.exec(line)?.[1];
    if (heading) {
      current = needs.get(heading) ?? [];
      needs.set(heading, current);
      continue;
    }
    const needed = /^\s*\|?\s*(?:Pre)?Depends: ([a-z0-9][a-z0-9+.-]*)/.exec(line)?.[1];
    if (needed && /^(lib|zlib)/.test(needed)) current.push(needed);
  }
  const found = new Set<string>([from]);
  for (const name of found) for (const needed of needs.get(name) ?? []) found.add(needed);
  found.delete(from);
  return [...found].sort();
}
