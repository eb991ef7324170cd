import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { packages, suiteFilesOf } from '../patterns/pattern-suites.js';

/** The ACL rules that a README grants: whatever stands in code after `ACL:` and starts like a rule; none: undefined. */
export function rulesIn(readme: string): readonly string[] | undefined {
  const line = readme.split('\n').find((text) => text.includes(' ACL: '));
  return line === undefined ? undefined : rulesOf(line.slice(line.indexOf(' ACL: ')));
}

/** The rules that a README grants for one purpose, in an item of a list: `- for feeds: …`; none: undefined. */
export function rulesFor(purpose: string, readme: string): readonly string[] | undefined {
  const line = readme.split('\n').find((text) => text.startsWith(`- for ${purpose}`));
  return line === undefined ? undefined : rulesOf(line);
}

function rulesOf(text: string): readonly string[] {
  return [...text.matchAll(/`([~&+%][^`]*)`/g)].flatMap(([, span = '']) => span.split(' '));
}

/**
 * The rules that a driver's README grants: what every server must allow besides what patterns send, or only what is needed for
 * `purposes`. Its client is that of a column, of whatever major.
 */
export function rulesOfDriver(client: string, ...purposes: readonly string[]): readonly string[] {
  const readme = readFileSync(`${packages}driver-${client.replace(/ \d+$/, '')}/README.md`, 'utf8');
  const found = purposes.length === 0 ? [rulesIn(readme)] : purposes.map((each) => rulesFor(each, readme));
  return found.flatMap((rules) => {
    if (rules === undefined)
      throw new Error(`the README of the driver of ${client} does not grant all of it`);
    return rules;
  });
}

/** Every pattern with an ACL line, its rules, and the files of its suites. */
export function packagesWithRights(): readonly {
  readonly name: string;
  readonly rules: readonly string[];
  readonly suiteFiles: readonly string[];
}[] {
  return readdirSync(packages).flatMap((name) => {
    const readme = `${packages}${name}/README.md`;
    if (name.startsWith('driver-') || !existsSync(readme)) return [];
    const rules = rulesIn(readFileSync(readme, 'utf8'));
    return rules === undefined ? [] : [{ name, rules, suiteFiles: suiteFilesOf(name) }];
  });
}
