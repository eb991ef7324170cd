import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { MatrixContext } from '../../src/index.js';

/** A behaviour suite as packages write them. */
export type Suite = (context: MatrixContext) => void;

const packages = fileURLToPath(new URL('../../../../packages/', import.meta.url));

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
    const suiteFiles = readdirSync(`${packages}${name}/test`, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.suite.ts'))
      .sort();
    return [{ name, rules, suiteFiles }];
  });
}

/** The suites that a file exports. */
export async function suitesOf(name: string, file: string): Promise<readonly Suite[]> {
  const module = (await import(`${packages}${name}/test/${file}`)) as Readonly<Record<string, unknown>>;
  return Object.entries(module).flatMap(([exported, value]) =>
    exported.endsWith('Suite') && typeof value === 'function' ? [value as Suite] : [],
  );
}
