import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Outcome } from './support/outcome.js';
import type { Words } from './support/program.js';
import type { Sides } from './support/run-property.js';
import { ask } from './support/side.js';
import { haveReference, openMemory, openReference } from './support/sides.js';

/** The commands that the README of the engine says are missing, as COMMAND names them. */
function missing(): Set<string> {
  const readme = readFileSync(
    new URL('../../../../packages/driver-memory/README.md', import.meta.url),
    'utf8',
  );
  const list = /missing commands: begin -->([\s\S]*?)<!--/.exec(readme)?.[1] ?? '';
  const names = [...list.matchAll(/^- [^:]+: (.*)$/gm)].flatMap(([, row]) => (row as string).split(', '));
  return new Set(names.map((name) => name.toLowerCase().replace(' ', '|')));
}

describe.skipIf(!haveReference)('the command table of Redis 7.0', () => {
  let sides: Sides;
  beforeAll(async () => {
    sides = { reference: await openReference(), memory: await openMemory() };
  });
  afterAll(async () => {
    await Promise.all([sides.reference.close(), sides.memory.close()]);
  });

  const both = async (words: Words): Promise<readonly [Outcome, Outcome]> =>
    Promise.all([ask(sides.reference.lanes[0], words), ask(sides.memory.lanes[0], words)]);

  it('holds every command of the server but those the README names', async () => {
    const [reference, memory] = (await both(['COMMAND', 'LIST'])) as unknown as [string[], string[]];
    const excused = missing();
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
    const excused = missing();
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

  it('says the same in HELP', async () => {
    const containers =
      'ACL CLIENT COMMAND CONFIG FUNCTION LATENCY MEMORY MODULE OBJECT PUBSUB SCRIPT SLOWLOG XGROUP XINFO';
    for (const container of containers.split(' ')) {
      const [expected, given] = await both([container, 'HELP']);
      expect(given, container).toEqual(expected);
    }
  });
});
