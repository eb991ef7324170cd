import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLuaEngine, LuaSyntaxError, ScriptStopped } from '../src/index.js';
import { formatGeneral, preciseNumber, shortestNumber } from '../src/runtime/number-format.js';
import { LuaTable } from '../src/runtime/table.js';
import { arbitraryScript, arbitraryTableScript } from './support/arbitrary-script.js';
import { evaluate } from './support/evaluate.js';
import { smallHost } from './support/small-host.js';

const generated = createLuaEngine({ mode: 'generate' });
const interpreted = createLuaEngine({ mode: 'interpret' });

const PIECES =
  'local x = 1;return;function f(;end;if;then;else;for i=1,2 do;while;do;repeat;until;..;...;==;~=;{;};[;];(;);#;x.y;"s;[[;--;\n;\\;1e;0x;nil;not;goto'.split(
    ';',
  );

describe('any text', () => {
  it('compiles or is refused with LuaSyntaxError, and runs within its steps', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary-ascii', maxLength: 60 }),
      fc.array(fc.constantFrom(...PIECES), { maxLength: 25 }).map((pieces) => pieces.join(' ')),
    );
    const stopping = {
      ...smallHost,
      onSteps: () => {
        throw new ScriptStopped('enough');
      },
    };
    let compiled = 0;
    fc.assert(
      fc.property(text, (source) => {
        for (const engine of [generated, interpreted]) {
          try {
            const script = engine.compile(source.replace(/^#!/, ''));
            compiled++;
            script.run(stopping, [], [], { steps: 10_000 });
          } catch (error) {
            if (!(error instanceof LuaSyntaxError) && !(error instanceof ScriptStopped)) throw error;
          }
        }
      }),
      { numRuns: 1500 },
    );
    expect(compiled).toBeGreaterThan(50);
  });
});

describe('generated and interpreted code', () => {
  it('agree on random scripts, errors included', () => {
    let errors = 0;
    fc.assert(
      fc.property(fc.oneof(arbitraryScript, arbitraryTableScript), (source) => {
        const expected = evaluate(generated, source);
        if (Array.isArray(expected) && expected[0] === 'false') errors++;
        expect(evaluate(interpreted, source)).toStrictEqual(expected);
      }),
      { numRuns: 600 },
    );
    expect(errors).toBeGreaterThan(20);
  });

  it('are told apart when one of them is wrong', () => {
    const other = createLuaEngine({ mode: 'interpret', server: { version: '8.0.0' } });
    const source = "return redis.call('ECHO', 0.1)";
    expect(evaluate(other, source)).not.toStrictEqual(evaluate(generated, source));
  });
});

describe('a table', () => {
  it('holds what was written last, and walks each entry once', () => {
    const key = fc.oneof(fc.integer({ min: -4, max: 70 }), fc.string({ maxLength: 3 }), fc.boolean());
    const value = fc.option(fc.integer(), { nil: undefined });
    fc.assert(
      fc.property(fc.array(fc.tuple(key, value), { maxLength: 150 }), (writes) => {
        const table = new LuaTable();
        const model = new Map<string | number | boolean, number>();
        for (const [name, number] of writes) {
          table.set(name, number);
          if (number === undefined) model.delete(name);
          else model.set(name, number);
        }
        const seen = new Map<unknown, unknown>();
        for (let cursor = table.advance(0); cursor !== 0; cursor = table.advance(cursor)) {
          expect(seen.has(table.keyAt(cursor))).toBe(false);
          seen.set(table.keyAt(cursor), table.valueAt(cursor));
        }
        expect(seen).toEqual(model);
        const border = table.length();
        expect(border === 0 || table.get(border) !== undefined).toBe(true);
        expect(table.get(border + 1)).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });
});

describe('numbers as text', () => {
  const double = fc.double({ noNaN: true, noDefaultInfinity: true });

  it('read back the same with 17 digits and in shortest form', () => {
    fc.assert(
      fc.property(double, (number) => {
        expect(Number(preciseNumber(number))).toBe(number);
        expect(Number(shortestNumber(number))).toBe(number === 0 ? 0 : number);
      }),
    );
  });

  it('round exact ties to even, as C does', () => {
    expect(
      [0.5, 1.5, 2.5, 1000000000000.25].map((number) => formatGeneral(number, number > 10 ? 13 : 1)),
    ).toEqual([...['0.5', '2', '2', '1000000000000']]);
    expect(formatGeneral(1000000000000.25, 14)).toBe('1000000000000.2');
  });
});
