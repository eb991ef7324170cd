/** What is looked at of a case to choose it. */
interface Choosable {
  readonly name: string;
  readonly thorough?: boolean;
}

/**
 * The cases that `--only` names; all of them without. A name chooses the case of that name, `name*` all that begin so, a folder
 * (`driver` or `driver/`) what is in it; what is none of these chooses every case that has it in its name. A quick run leaves
 * thorough cases out unless they are named in full.
 */
export function chooseCases<One extends Choosable>(
  cases: readonly One[],
  { only, quick }: { readonly only: readonly string[]; readonly quick: boolean },
): readonly One[] {
  const matchers = only.map((wanted) => matcherOf(cases, wanted));
  return cases.filter(
    ({ name, thorough }) =>
      only.includes(name) ||
      ((only.length === 0 || matchers.some((matches) => matches(name))) && !(quick && thorough)),
  );
}

function matcherOf(cases: readonly Choosable[], wanted: string): (name: string) => boolean {
  if (wanted.endsWith('*')) return (name) => name.startsWith(wanted.slice(0, -1));
  if (cases.some(({ name }) => name === wanted)) return (name) => name === wanted;
  const folder = wanted.endsWith('/') ? wanted : `${wanted}/`;
  if (cases.some(({ name }) => name.startsWith(folder))) return (name) => name.startsWith(folder);
  return (name) => name.includes(wanted);
}
