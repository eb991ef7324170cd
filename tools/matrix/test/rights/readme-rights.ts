import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { packages, suiteFilesOf } from '../patterns/pattern-suites.js';

/** The ACL rules that a README grants: whatever stands in code after `ACL:` and starts like a rule; none: undefined. */
export function rulesIn(readme: string): readonly string[] | undefined {
  const line = readme.split('\n').find((text) => text.includes(' ACL: '));
  if (line === undefined) return undefined;
  return [...line.slice(line.indexOf(' ACL: ')).matchAll(/`([~&+%][^`]*)`/g)].flatMap(([, span = '']) =>
    span.split(' '),
  );
}

/** Every package with an ACL line, its rules, and the files of its suites. */
export function packagesWithRights(): readonly {
  readonly name: string;
  readonly rules: readonly string[];
  readonly suiteFiles: readonly string[];
}[] {
  return readdirSync(packages).flatMap((name) => {
    const readme = `${packages}${name}/README.md`;
    const rules = existsSync(readme) ? rulesIn(readFileSync(readme, 'utf8')) : undefined;
    if (rules === undefined) return [];
    return [{ name, rules, suiteFiles: suiteFilesOf(name) }];
  });
}
