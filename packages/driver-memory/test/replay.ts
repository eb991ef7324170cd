import { readFileSync } from 'node:fs';
import { createManualClock, cryptoRandom, type ManualClock } from '@penknife/core';
import { expect, test } from 'vitest';
import { createCommandTable } from '../src/commands/command-table.js';
import { Engine } from '../src/engine/engine.js';
import { CommandError, isArrayReply, NO_REPLY, NULL_ARRAY, type Reply, Status } from '../src/engine/reply.js';
import { ScriptCache } from '../src/engine/script-cache.js';
import type { Session } from '../src/engine/session.js';

/** An engine on a clock that stands still. */
export function engineForTest(databases = 16): { engine: Engine; clock: ManualClock } {
  const clock = createManualClock();
  const engine = new Engine({
    clock,
    random: cryptoRandom,
    databases,
    commands: createCommandTable(),
    scripts: new ScriptCache(),
  });
  return { engine, clock };
}

/** A session that collects its pushes. */
export function sessionForTest(engine: Engine): { session: Session; pushes: (readonly Reply[])[] } {
  const pushes: (readonly Reply[])[] = [];
  const session = engine.openSession({ push: (items) => pushes.push(items), closed: () => undefined });
  return { session, pushes };
}

/** A reply in the notation of the recordings: `+OK`, `-ERR …`, `:1`, `"text"`, `$-1`, `*-1`, `[…]`. */
export function notation(reply: Reply): string {
  if (reply === null) return '$-1';
  if (reply === NULL_ARRAY) return '*-1';
  if (typeof reply === 'string') return JSON.stringify(reply);
  if (reply instanceof Status) return `+${reply.ok}`;
  if (reply instanceof CommandError) return `-${reply.err}`;
  if (isArrayReply(reply)) return `[${reply.map(notation).join(' ')}]`;
  return `:${String(reply)}`;
}

const words = /"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g;
const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** A command line: words, or "quoted" with \xNN. */
function commandLine(line: string): string[] {
  return [...line.matchAll(words)].map(([, quoted, single, plain]) => {
    if (quoted === undefined) return (single ?? plain) as string;
    return quoted.replace(/\\x([0-9a-f]{2})|\\(.)/gi, (_all, hex, letter) =>
      hex === undefined ? (escapes[letter] ?? letter) : String.fromCharCode(Number.parseInt(hex, 16)),
    );
  });
}

const parts = (text: string): string => text.replace(/[[\]]/g, '').split(' ').sort().join(' ');

/** Time that passes while a command is blocked. */
const waitMs = 50;

/**
 * Replays a recording of Redis 7.0.15: a command a line, its reply on the next. A line starting with `~` promises no order.
 */
export function replay(name: string): void {
  const lines = readFileSync(new URL(`./recorded/${name}.txt`, import.meta.url), 'latin1').split('\n');
  test(`${name}: replies as recorded from Redis 7.0.15`, async () => {
    const { engine, clock } = engineForTest();
    const { session, pushes } = sessionForTest(engine);
    const differences: string[] = [];
    for (let i = 0; i + 1 < lines.length; i += 2) {
      const line = lines[i] as string;
      const expected = (lines[i + 1] as string).slice(4);
      const unordered = line.startsWith('~');
      let reply: Reply | undefined;
      session.submit(commandLine(unordered ? line.slice(1) : line), (given) => {
        reply = given;
      });
      if (reply === undefined && session.blocked !== undefined) await clock.advance(waitMs);
      const given =
        reply === undefined || reply === NO_REPLY
          ? pushes.splice(0).map(notation).join(' ')
          : notation(reply);
      if (given !== expected && !(unordered && parts(given) === parts(expected))) {
        differences.push(`${line}\n  given    ${given}\n  expected ${expected}`);
      }
    }
    engine.close();
    expect(differences).toEqual([]);
    expect(lines.length).toBeGreaterThan(2);
  });
}
