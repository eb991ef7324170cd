import type { KeyDeclaration, KeyKind } from '@penknife/core';

/** A pattern's keys as declared, of whatever kinds. */
export type AnyKeys = KeyDeclaration<Record<string, KeyKind>>;

/** Of keys without a TTL, those that no declaration calls durable, each with what is wrong. */
export function undeclaredKeys(
  names: readonly string[],
  declarations: readonly AnyKeys[],
): readonly string[] {
  const complaints: string[] = [];
  for (const name of names) {
    const [, pattern, version, kind] = /([^:]*\D)(\d+):([^:{}]+):\{/.exec(name) ?? [];
    const declaration = declarations.find(
      (each) => each.pattern === pattern && String(each.version) === version,
    );
    const life = kind === undefined ? undefined : declaration?.kinds[kind]?.life;
    if (life === undefined) complaints.push(`${name}: no TTL, and no declaration names it`);
    else if (life !== 'durable') complaints.push(`${name}: no TTL, though declared ${life}`);
  }
  return complaints;
}
