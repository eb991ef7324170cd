import type { Statement } from '../compile/syntax.js';
import type { LuaValue } from '../runtime/values.js';
import { BREAK, type Execute, NORMAL, RETURN } from './frame.js';
import type { ExpressionBuilder } from './interpret-expression.js';

/** Turns a block's statements into one closure. */
export type BuildBlock = (statements: readonly Statement[]) => Execute;

/** A numeric for loop. */
export function numericFor(
  builder: ExpressionBuilder,
  statement: Extract<Statement, { kind: 'numericFor' }>,
  block: BuildBlock,
): Execute {
  const { state, loopNumber } = builder.runtime;
  const site = builder.site(statement.line);
  const start = builder.value(statement.start);
  const limit = builder.value(statement.limit);
  const step = builder.value(statement.step ?? { kind: 'number', value: 1 });
  const declare = builder.layout.declarer(statement.variable);
  const body = block(statement.body);
  return (frame) => {
    const [rawStart, rawLimit, rawStep] = [start(frame), limit(frame), step(frame)];
    const from = loopNumber(rawStart, 'initial value', site);
    const to = loopNumber(rawLimit, 'limit', site);
    const by = loopNumber(rawStep, 'step', site);
    // Lua subtracts the step before the loop and adds it in each turn.
    for (let counter = from - by + by; 0 < by ? counter <= to : to <= counter; counter += by) {
      if (--state.steps < 0) state.tick();
      declare(frame, counter);
      const outcome = body(frame);
      if (outcome === BREAK) return NORMAL;
      if (outcome === RETURN) return RETURN;
    }
    return NORMAL;
  };
}

/** A generic for loop. */
export function genericFor(
  builder: ExpressionBuilder,
  statement: Extract<Statement, { kind: 'genericFor' }>,
  block: BuildBlock,
): Execute {
  const { state, walk, callable } = builder.runtime;
  const site = builder.site(statement.line);
  const iterators = builder.array(statement.iterators);
  const declare = statement.variables.map((variable) => builder.layout.declarer(variable));
  const body = block(statement.body);
  return (frame) => {
    const [iterator, table, initial] = iterators(frame);
    let control: LuaValue = initial;
    const entries = walk(iterator, table, control);
    for (;;) {
      if (--state.steps < 0) state.tick();
      let values: readonly LuaValue[];
      if (entries !== undefined) {
        if (!entries.next()) return NORMAL;
        values = [entries.key, entries.value];
      } else {
        state.at = site;
        const result = callable(iterator, site)(table, control);
        values = Array.isArray(result) ? result : [result as LuaValue];
        if (values[0] === undefined) return NORMAL;
        control = values[0];
      }
      declare.forEach((assign, index) => {
        assign(frame, values[index]);
      });
      const outcome = body(frame);
      if (outcome === BREAK) return NORMAL;
      if (outcome === RETURN) return RETURN;
    }
  };
}
