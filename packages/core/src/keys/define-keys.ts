import { checkObject } from '../checks/check-call.js';
import { checkName } from '../checks/check-name.js';
import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { keyPart } from './key-part.js';

/**
 * What a kind of key is. `ephemeral`: gets its TTL in the same atomic act that creates it. `durable`: has none, and
 * `bound` says what limits it instead.
 */
export type KeyKind = EphemeralKey | DurableKey;

/** A key with a TTL, set in the act that creates it. */
export interface EphemeralKey {
  readonly life: 'ephemeral';
  readonly holds: string;
}

/** A key without a TTL; `bound` says what limits it. */
export interface DurableKey {
  readonly life: 'durable';
  readonly holds: string;
  readonly bound: string;
}

/**
 * A pattern's keys, declared once: its code builds them from this, its suites fail on a key left without a TTL that is not declared
 * durable here, and `tools/structure` on a README table of keys that says otherwise.
 */
export interface KeyDeclaration<Kinds extends Record<string, KeyKind>> {
  /** The pattern's word in every key. */
  readonly pattern: string;
  /** The schema version in every key: a new layout takes a new number and never reads the old one's data by accident. */
  readonly version: number;
  readonly kinds: Kinds;
}

/**
 * Builds the keys of one namespace: `tag` becomes the hash tag (one slot), `parts` follow it. A tag of several segments is
 * given as a list: each is encoded by itself, and they are joined by `:` inside of the braces.
 */
export type KeyBuilders<Kinds extends Record<string, KeyKind>> = {
  readonly [Kind in keyof Kinds]: (tag: string | readonly string[], ...parts: readonly string[]) => string;
};

/** A key declaration that gives builders for a namespace. */
export interface Keys<Kinds extends Record<string, KeyKind>> extends KeyDeclaration<Kinds> {
  in(namespace: string): KeyBuilders<Kinds>;
}

/** The namespace used where none is given. */
export const defaultNamespace = 'pk';

const namespaceRule = /^[A-Za-z0-9_.-]+(:[A-Za-z0-9_.-]+)*$/;

/**
 * Declares a pattern's keys. A key reads `<namespace>:<pattern><version>:<kind>:{<tag>}[:<part>…]`; every tag and part is
 * encoded by `keyPart`, so no input can reach another key, and keys of the same tag share a cluster slot.
 */
export function defineKeys<const Kinds extends Record<string, KeyKind>>(
  declaration: KeyDeclaration<Kinds>,
): Keys<Kinds> {
  checkObject('declaration', declaration);
  const { pattern, version, kinds } = declaration;
  checkObject('kinds', kinds);
  for (const word of [pattern, ...Object.keys(kinds)]) checkName('a word of a key', word);
  // 'a1' of version 1 and 'a' of version 11 would be one.
  if (/\d$/.test(pattern))
    throw new InvalidArgumentError('pattern', 'must not end in a digit: the version follows it', pattern);
  if (!Number.isSafeInteger(version) || version < 1)
    throw new InvalidArgumentError('version', 'must be a whole number of at least 1', version);
  return {
    ...declaration,
    in(namespace) {
      if (typeof namespace !== 'string' || namespace.length > 100 || !namespaceRule.test(namespace)) {
        throw new InvalidArgumentError(
          'namespace',
          'must be 1 to 100 letters, digits, `_`, `.`, `-`, in parts separated by `:`',
          namespace,
        );
      }
      const builders: Record<
        string,
        (tag: string | readonly string[], ...parts: readonly string[]) => string
      > = {};
      for (const kind of Object.keys(declaration.kinds)) {
        const prefix = `${namespace}:${declaration.pattern}${declaration.version}:${kind}:`;
        builders[kind] = (tag, ...parts) => {
          const hashTag =
            !Array.isArray(tag) || tag.length === 0
              ? keyPart(tag as string, kind)
              : tag.map((segment) => keyPart(segment, kind)).join(':');
          let key = `${prefix}{${hashTag}}`;
          for (const part of parts) key += `:${keyPart(part, kind)}`;
          return key;
        };
      }
      return builders as KeyBuilders<Kinds>;
    },
  };
}
