type HeaderValue = number | string | readonly string[];

/** A head as `writeHead` takes it, its headers apart. */
interface NodeHead {
  /** Status and message, as they were given. */
  readonly args: readonly unknown[];
  readonly headers: ReadonlyMap<string, HeaderValue>;
}

/**
 * Takes the arguments of Node's `response.writeHead` apart: status, message or not, and headers as an object, as a list of names and
 * values in turn, or as a list of pairs. A name that a list has more than once keeps all its values.
 */
export function headOf([status, second, third]: readonly unknown[]): NodeHead {
  const message = typeof second === 'string';
  const given = message ? third : (third ?? second);
  const headers = new Map<string, HeaderValue>();
  if (Array.isArray(given)) {
    for (const [name, value] of Array.isArray(given[0])
      ? (given as [string, HeaderValue][])
      : inPairs(given)) {
      const before = headers.get(name.toLowerCase());
      headers.set(name.toLowerCase(), before === undefined ? value : [before, value].flat().map(String));
    }
  } else if (typeof given === 'object' && given !== null) {
    for (const [name, value] of Object.entries(given)) headers.set(name, value as HeaderValue);
  }
  return { args: message ? [status, second] : [status], headers };
}

function inPairs(flat: readonly unknown[]): [string, HeaderValue][] {
  return Array.from({ length: Math.ceil(flat.length / 2) }, (_, i) => [
    String(flat[2 * i]),
    flat[2 * i + 1] as HeaderValue,
  ]);
}
