import { readFileSync } from 'node:fs';
import type { Compatibility } from '@penknife/driver-memory';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Outcome } from './support/outcome.js';
import type { Words } from './support/program.js';
import { fullTier, type Sides } from './support/run-property.js';
import { ask } from './support/side.js';
import { haveServerOf, openMemory, openReference } from './support/sides.js';

const readme = readFileSync(new URL('../../../../packages/driver-memory/README.md', import.meta.url), 'utf8');

/** The commands that the README of the engine says are missing of a server, as COMMAND names them. */
function missing(compatibility: Compatibility): Set<string> {
  const list = /missing commands: begin -->([\s\S]*?)<!--/.exec(readme)?.[1] ?? '';
  const rows = [...list.matchAll(/^- `'([^']+)'`: (.*)$/gm)];
  const names = rows
    .filter(([, server]) => server === '7.0' || server === compatibility)
    .flatMap(([, , row]) => (row as string).split(', '));
  return new Set(names.map((name) => name.toLowerCase().replace(' ', '|')));
}

/** Vector sets are a module, which the engine has nothing of. */
const isOfServer = (name: string): boolean => !/^V[A-Z]/.test(name);

const compared: readonly Compatibility[] = fullTier
  ? ['7.0', '8.0', '8.6', 'valkey-8.1', 'valkey-9']
  : ['7.0', '8.0', 'valkey-8.1'];

for (const compatibility of compared) {
  const have = await haveServerOf(compatibility);

  describe.skipIf(!have)(`the command table of ${compatibility}`, () => {
    let sides: Sides;
    beforeAll(async () => {
      sides = { reference: await openReference(compatibility), memory: await openMemory(compatibility) };
    });
    afterAll(async () => {
      await Promise.all([sides.reference.close(), sides.memory.close()]);
    });

    const both = async (words: Words): Promise<readonly [Outcome, Outcome]> =>
      Promise.all([ask(sides.reference.lanes[0], words), ask(sides.memory.lanes[0], words)]);

    it('holds every command of the server but those the README names', async () => {
      const [listed, memory] = (await both(['COMMAND', 'LIST'])) as unknown as [string[], string[]];
      const reference = listed.filter(isOfServer);
      const excused = missing(compatibility);
      const containers = new Set([...excused].map((name) => name.split('|')[0] as string));
      expect(
        reference.filter((name) => !memory.includes(name) && !containers.has(name.split('|')[0] as string)),
      ).toEqual([]);
      expect(memory.filter((name) => !reference.includes(name))).toEqual([]);
      expect(reference.length).toBeGreaterThan(230);
    });

    it('describes each of them as the server does: arity, flags, keys, categories, subcommands', async () => {
      const [, listed] = (await both(['COMMAND', 'LIST'])) as unknown as [string[], string[]];
      const memory = listed.filter((name) => !name.includes('|'));
      const excused = missing(compatibility);
      const sorted = (value: unknown): unknown =>
        Array.isArray(value)
          ? value.map(sorted).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
          : value;
      for (const name of memory) {
        const [[expected], [given]] = (await both(['COMMAND', 'INFO', name])) as unknown as [
          unknown[][],
          unknown[][],
        ];
        const present = (expected as unknown[]).map((part, i) =>
          i === 9 ? (part as unknown[][]).filter(([sub]) => !excused.has(sub as string)) : part,
        );
        expect(sorted(given), name).toEqual(sorted(present));
      }
    });

    // What HELP prints is Redis 7.0's everywhere.
    it.skipIf(compatibility !== '7.0')('says the same in HELP', async () => {
      const containers =
        'ACL CLIENT COMMAND CONFIG FUNCTION LATENCY MEMORY MODULE OBJECT PUBSUB SCRIPT SLOWLOG XGROUP XINFO';
      for (const container of containers.split(' ')) {
        const [expected, given] = await both([container, 'HELP']);
        expect(given, container).toEqual(expected);
      }
    });
  });
}
