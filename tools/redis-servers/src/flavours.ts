/** A server product and release line the matrix knows. */
export type Flavour = 'redis-7.0' | 'redis-8.0' | 'redis-8.6' | 'valkey-8.1' | 'valkey-9';

/** The two products that speak the protocol and are known to work. */
export type Product = 'redis' | 'valkey';

/**
 * Where a flavour comes from: the Debian suites whose index is needed, the release to prefer when several carry the
 * package, and the version prefix the unpacked server must report. A new flavour is one more row of the table below.
 */
export interface FlavourSource {
  readonly product: Product;
  readonly version: string;
  readonly suites: readonly string[];
  readonly release: string;
}

/** The table of flavours. The libraries each needs are read from the package index, not listed here. */
export const flavourSources: Readonly<Record<Flavour, FlavourSource>> = {
  'redis-7.0': { product: 'redis', version: '7.0.', suites: ['bookworm'], release: 'bookworm' },
  'redis-8.0': { product: 'redis', version: '8.0.', suites: ['trixie'], release: 'trixie' },
  'valkey-8.1': { product: 'valkey', version: '8.1.', suites: ['trixie'], release: 'trixie' },
  'redis-8.6': {
    product: 'redis',
    version: '8.6.',
    suites: ['sid', 'experimental'],
    release: 'experimental',
  },
  'valkey-9': { product: 'valkey', version: '9.', suites: ['sid'], release: 'sid' },
};

/** Every flavour's name, in the order of the table. */
export const flavours: readonly Flavour[] = Object.keys(flavourSources) as Flavour[];

/** What is fetched when no server is installed and no flavour was asked for. */
export const fallbackFlavour: Flavour = 'redis-7.0';

/**
 * Reads a flavour's name from text such as an environment variable.
 * Throws a `RangeError` that names the value and the known flavours.
 */
export function parseFlavour(text: string): Flavour {
  const found = flavours.find((flavour) => flavour === text);
  if (!found) throw new RangeError(`unknown server flavour "${text}"; known: ${flavours.join(', ')}`);
  return found;
}
