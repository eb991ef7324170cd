import type { Compatibility } from '@penknife/driver-memory';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { laterSuites } from './support/later-suites.js';
import { compareMany, expectEqual, fullTier, type Sides } from './support/run-property.js';
import type { Tampering } from './support/side.js';
import { haveServerOf, openMemory, openReference } from './support/sides.js';

/** In CI's tier the servers that are there anyway. */
const compared: readonly Compatibility[] = fullTier
  ? ['8.0', '8.6', 'valkey-8.1', 'valkey-9']
  : ['8.0', 'valkey-8.1'];

/** In CI's tier what is new, and a bit of everything; all of it in the long one. */
const inShort = /changed|comparisons|fields|references|mixed|scripts/;

/** An engine that forgets every option of this name. */
const forgets = (...options: readonly string[]): Tampering => ({
  words: ([name, ...rest]) => [name, ...rest.filter((word) => !options.includes(word))],
});

/** For each family of later commands a bug that it must find. */
const planted: Readonly<Record<string, { readonly bug: string; readonly tampering: Tampering }>> = {
  'changed commands': {
    bug: 'small sets and lists have no listpack',
    tampering: { outcome: (outcome) => (outcome === 'listpack' ? 'hashtable' : outcome) },
  },
  comparisons: {
    bug: 'IFEQ is not looked at',
    tampering: {
      words: ([name, ...rest]) =>
        name === 'SET' && rest[2] === 'IFEQ' ? [name, ...rest.toSpliced(2, 2)] : [name, ...rest],
    },
  },
  'lives of fields': { bug: 'HEXPIRE forgets NX', tampering: forgets('NX') },
  'references of groups': { bug: 'ACKED is forgotten', tampering: forgets('ACKED') },
};

for (const compatibility of compared) {
  const suites = laterSuites(compatibility).filter(({ name }) => fullTier || inShort.test(name));
  const have = await haveServerOf(compatibility);

  describe.skipIf(!have)(`random commands are answered as on ${compatibility}`, () => {
    let sides: Sides;
    beforeAll(async () => {
      sides = { reference: await openReference(compatibility), memory: await openMemory(compatibility) };
    });
    afterAll(async () => {
      await Promise.all([sides.reference.close(), sides.memory.close()]);
    });

    it.each(suites)('$name', { timeout: fullTier ? 900_000 : 30_000 }, async ({ programs, numRuns }) => {
      expect(await expectEqual(sides, programs, numRuns)).toBeGreaterThan(numRuns * 3);
    });

    const withBugs = suites.filter(({ name }) => planted[name] !== undefined);
    it.each(withBugs)(
      'a planted bug in $name is found',
      { timeout: 30_000 },
      async ({ name, programs, numRuns }) => {
        const { bug, tampering } = planted[name] as (typeof planted)[string];
        expect((await compareMany(sides, programs, numRuns, tampering)).difference, bug).toBeDefined();
      },
    );
  });
}
