/**
 * Whether a version of Node is in a range as `engines` has them: alternatives between `||`, comparisons that all hold between
 * blanks, a bare or starred version for all that begin so. Throws on what else npm would read, such as `1 - 2`: none of the
 * peers has it.
 */
export function inNodeRange(version: string, range: string): boolean {
  const own = numbersOf(version);
  const alternatives = range.replace(/([<>=^~])\s+/g, '$1').split('||');
  // All are read before any is judged: what cannot be read must not hide behind what can.
  return alternatives
    .map((all) =>
      all
        .trim()
        .split(/\s+/)
        .map((one) => holds(own, one)),
    )
    .some((held) => held.every(Boolean));
}

function holds(own: readonly number[], comparison: string): boolean {
  const [, operator = '', wanted] =
    /^(>=|<=|[><=^~]?)v?(\*|\d+(?:\.(?:\d+|[x*])){0,2})$/.exec(comparison) ?? [];
  if (wanted === undefined) throw new RangeError(`cannot read the Node version '${comparison}'`);
  const given = numbersOf(wanted);
  const order = compare(own, given);
  // What is not given may be anything: all of 20.x is in '<=20' and in '20', and none is in '>20'.
  const inside = compare(own.slice(0, given.length), given) === 0;
  switch (operator) {
    case '>=':
      return order >= 0;
    case '<':
      return order < 0;
    case '<=':
      return order < 0 || inside;
    case '>':
      return order > 0 && !inside;
    case '^':
      return order >= 0 && own[0] === given[0];
    case '~':
      return order >= 0 && own[0] === given[0] && (given.length === 1 || own[1] === given[1]);
    default:
      return inside;
  }
}

/** The numbers that are given: '20.x' has one, '*' none. */
function numbersOf(version: string): readonly number[] {
  return version
    .replace(/^v/, '')
    .split('.')
    .map(Number)
    .filter((number) => !Number.isNaN(number));
}

function compare(left: readonly number[], right: readonly number[]): number {
  for (let i = 0; i < 3; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
