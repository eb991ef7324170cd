import { describe } from '../compile/describe.js';
import type { Expression, Statement, Target } from '../compile/syntax.js';
import { type LuaValue, NOTHING, truthy } from '../runtime/values.js';
import { BREAK, type Execute, type Frame, NORMAL, RETURN } from './frame.js';
import type { ExpressionBuilder } from './interpret-expression.js';
import { genericFor, numericFor } from './interpret-loop.js';

/** Turns a list of statements into one closure that stops at `break` and `return`. */
export function buildBlock(builder: ExpressionBuilder, statements: readonly Statement[]): Execute {
  const steps = statements.map((statement) => build(builder, statement));
  if (steps.length === 1) return steps[0]!;
  return (frame) => {
    for (const step of steps) {
      const outcome = step(frame);
      if (outcome !== NORMAL) return outcome;
    }
    return NORMAL;
  };
}

function build(builder: ExpressionBuilder, statement: Statement): Execute {
  const block = (statements: readonly Statement[]): Execute => buildBlock(builder, statements);
  switch (statement.kind) {
    case 'local': {
      const values = builder.array(statement.values);
      const declare = statement.variables.map((variable) => builder.layout.declarer(variable));
      return (frame) => {
        const results = values(frame);
        for (let index = 0; index < declare.length; index++) declare[index]!(frame, results[index]);
        return NORMAL;
      };
    }
    case 'localFunction': {
      const declare = builder.layout.declarer(statement.variable);
      const assign = builder.layout.writer(statement.variable);
      const make = builder.value({ kind: 'function', body: statement.body });
      return (frame) => {
        declare(frame, undefined);
        assign(frame, make(frame));
        return NORMAL;
      };
    }
    case 'assign':
      return assignment(builder, statement);
    case 'call': {
      const call = builder.call(statement.call);
      return (frame) => {
        call(frame);
        return NORMAL;
      };
    }
    case 'do':
      return block(statement.body);
    case 'while':
    case 'repeat':
      return conditionLoop(builder, statement);
    case 'if':
      return conditional(builder, statement);
    case 'numericFor':
      return numericFor(builder, statement, block);
    case 'genericFor':
      return genericFor(builder, statement, block);
    case 'return':
      return returning(builder, statement.values);
    case 'break':
      return () => BREAK;
  }
}

function conditionLoop(
  builder: ExpressionBuilder,
  statement: Extract<Statement, { kind: 'while' | 'repeat' }>,
): Execute {
  const { state } = builder.runtime;
  const body = buildBlock(builder, statement.body);
  const condition = builder.value(statement.condition);
  const asksFirst = statement.kind === 'while';
  return (frame) => {
    for (;;) {
      if (asksFirst && !truthy(condition(frame))) return NORMAL;
      if (--state.steps < 0) state.tick();
      const outcome = body(frame);
      if (outcome === BREAK) return NORMAL;
      if (outcome === RETURN) return RETURN;
      if (!asksFirst && truthy(condition(frame))) return NORMAL;
    }
  };
}

function conditional(builder: ExpressionBuilder, statement: Extract<Statement, { kind: 'if' }>): Execute {
  const branches = statement.branches.map(({ condition, body }) => ({
    condition: builder.value(condition),
    body: buildBlock(builder, body),
  }));
  const otherwise = statement.otherwise && buildBlock(builder, statement.otherwise);
  return (frame) => {
    for (const { condition, body } of branches) if (truthy(condition(frame))) return body(frame);
    return otherwise === undefined ? NORMAL : otherwise(frame);
  };
}

function returning(builder: ExpressionBuilder, values: readonly Expression[]): Execute {
  const result =
    values.length === 0
      ? () => NOTHING
      : values.length === 1
        ? builder.many(values[0]!)
        : builder.array(values);
  return (frame) => {
    frame.result = result(frame);
    return RETURN;
  };
}

/** Evaluates a target's table and key now and gives the assignment to do later. */
type Prepare = (frame: Frame) => (value: LuaValue) => void;

function assignment(builder: ExpressionBuilder, statement: Extract<Statement, { kind: 'assign' }>): Execute {
  const targets = statement.targets.map((target) => prepare(builder, target, statement.line));
  const values = builder.array(statement.values);
  return (frame) => {
    const stores = targets.map((target) => target(frame));
    const results = values(frame);
    for (let index = stores.length - 1; index >= 0; index--) stores[index]!(results[index]);
    return NORMAL;
  };
}

function prepare(builder: ExpressionBuilder, target: Target, line: number): Prepare {
  const { setIndex, globals } = builder.runtime;
  if (target.kind === 'local') {
    const write = builder.layout.writer(target.variable);
    return (frame) => (value) => write(frame, value);
  }
  if (target.kind === 'global') {
    const site = builder.site(line);
    return () => (value) => setIndex(globals, target.name, value, site);
  }
  const object = builder.value(target.object);
  const key = builder.value(target.key);
  const site = builder.site(line, { left: describe(target.object) });
  return (frame) => {
    const [table, name] = [object(frame), key(frame)];
    return (value) => setIndex(table, name, value, site);
  };
}
