import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FlavourSource } from '../flavours.js';
import { runCommand } from '../run-command.js';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** apt with a package index of its own, so that another suite can be read without root and without a trace. */
export interface Apt {
  /** Runs `apt-get` or `apt-cache` against the private index. */
  run(program: 'apt-get' | 'apt-cache', args: readonly string[], cwd?: string): Promise<string>;
}

/**
 * Prepares a private apt state in a folder: sources of one flavour's suites at a mirror, an empty package status, own
 * lists and caches. The machine's apt settings (proxies) stay in force; its sources and pins do not. Signatures are
 * checked with the machine's Debian keyring. Nothing is downloaded yet.
 */
export async function privateApt(folder: string, source: FlavourSource, mirror: string): Promise<Apt> {
  await mkdir(join(folder, 'lists/partial'), { recursive: true });
  await mkdir(join(folder, 'cache/archives/partial'), { recursive: true });
  const sources = join(folder, 'debian.sources');
  await writeFile(
    sources,
    `Types: deb\nURIs: ${mirror}\nSuites: ${source.suites.join(' ')}\nComponents: main\nSigned-By: ${keyring}\n`,
  );
  const settings: Readonly<Record<string, string>> = {
    'Dir::Etc::SourceList': sources,
    'Dir::Etc::SourceParts': '/dev/null',
    'Dir::Etc::Preferences': '/dev/null',
    'Dir::Etc::PreferencesParts': '/dev/null',
    'Dir::State::Lists': join(folder, 'lists'),
    'Dir::State::status': '/dev/null',
    'Dir::Cache': join(folder, 'cache'),
    'APT::Sandbox::User': '',
    'APT::Default-Release': source.release,
    'APT::Update::Error-Mode': 'any',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '1',
    'Acquire::http::Timeout': '15',
    'Acquire::https::Timeout': '15',
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  return {
    run: (program, args, cwd) => runCommand(program, [...args, '-qq', ...options], { cwd: cwd ?? folder }),
  };
}
