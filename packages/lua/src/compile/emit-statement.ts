import { describe } from './describe.js';
import { ExpressionEmitter } from './emit-expression.js';
import type { Emitter, FunctionContext } from './emitter.js';
import type { Expression, FunctionBody, Statement, Target } from './syntax.js';
import { isMultiple } from './syntax.js';

/** What a call takes of the stack at most, in words, beside its variables and what its expressions hold meanwhile. */
const frameWords = 24;
const TICK = 'if (--S.steps < 0) S.tick();';

/** A Lua function as a JavaScript arrow function. */
export function emitFunction(emitter: Emitter, body: FunctionBody): string {
  const context: FunctionContext = {
    usesLevel: body.scope.usesLevel,
    usesTemporary: false,
    usesCallee: false,
    arguments: 0,
  };
  const statements = new StatementEmitter(emitter, context);
  const text = statements.block(body.body);
  const parameters = body.parameters.map((parameter) => emitter.variable(parameter));
  const hasVarargs = body.scope.usesVararg || body.argTable !== undefined;
  if (hasVarargs) parameters.push('...varargs');
  const words = frameWords + 2 * (body.scope.declared + context.arguments) + (text.length >> 3);
  const lines = [TICK, `S.stackTaken += ${words}${hasVarargs ? ' + 3 * varargs.length' : ''};`];
  if (context.usesLevel) lines.push('const callerAt = S.at;');
  if (context.usesTemporary) lines.push('let t;');
  if (context.usesCallee) lines.push('let f;');
  if (body.argTable !== undefined) {
    // Lua fills `arg` only in functions that do not use `...` themselves.
    const value = body.scope.usesVararg ? 'undefined' : 'argTable(varargs)';
    lines.push(`let ${emitter.variable(body.argTable)} = ${value};`);
  }
  const returns = body.body[body.body.length - 1]?.kind === 'return';
  return `(${parameters.join(', ')}) => {${lines.join(' ')}\n${text}${returns ? '' : 'return NOTHING;'}}`;
}

class StatementEmitter {
  private readonly emitter: Emitter;
  private readonly context: FunctionContext;
  private readonly expressions: ExpressionEmitter;

  constructor(emitter: Emitter, context: FunctionContext) {
    this.emitter = emitter;
    this.context = context;
    this.expressions = new ExpressionEmitter(emitter, context, emitFunction);
  }

  block(statements: readonly Statement[]): string {
    return statements.map((statement) => `${this.statement(statement)}\n`).join('');
  }

  private statement(statement: Statement): string {
    const { emitter, expressions } = this;
    switch (statement.kind) {
      case 'local':
        return this.local(statement);
      case 'localFunction': {
        const name = emitter.variable(statement.variable);
        return `let ${name}; ${name} = ${emitFunction(emitter, statement.body)};`;
      }
      case 'assign':
        return this.assign(statement);
      case 'call':
        return `${expressions.call(statement.call)};`;
      case 'do':
        return `{\n${this.block(statement.body)}}`;
      case 'while':
        return `while (${expressions.condition(statement.condition)}) {${TICK}\n${this.block(statement.body)}}`;
      case 'repeat':
        return this.repeat(statement);
      case 'if': {
        const branches = statement.branches.map(
          (branch) => `if (${expressions.condition(branch.condition)}) {\n${this.block(branch.body)}}`,
        );
        const otherwise = statement.otherwise ? ` else {\n${this.block(statement.otherwise)}}` : '';
        return branches.join(' else ') + otherwise;
      }
      case 'numericFor':
        return this.numericFor(statement);
      case 'genericFor':
        return this.genericFor(statement);
      case 'return':
        return this.returning(statement.values);
      case 'break':
        return 'break;';
    }
  }

  /** The code after `break` or `return` would be unreachable, and the condition may name what they skipped. */
  private repeat(statement: Extract<Statement, { kind: 'repeat' }>): string {
    const last = statement.body[statement.body.length - 1]?.kind;
    const test =
      last === 'return' || last === 'break'
        ? ''
        : `if (${this.expressions.condition(statement.condition)}) break;\n`;
    return `while (true) {${TICK}\n${this.block(statement.body)}${test}}`;
  }

  private local(statement: Extract<Statement, { kind: 'local' }>): string {
    const names = statement.variables.map((variable) => this.emitter.variable(variable));
    const { before, results } = this.adjusted(statement.values, names.length);
    return `${before}let ${names.map((name, index) => `${name} = ${results[index]}`).join(', ')};`;
  }

  private assign(statement: Extract<Statement, { kind: 'assign' }>): string {
    const { targets, values, line } = statement;
    if (targets.length === 1 && values.length === 1) {
      return `${this.store(targets[0]!, this.expressions.value(values[0]!), line)};`;
    }
    // All tables and keys first, then all values, then the assignments from the last to the first.
    const before: string[] = [];
    const prepared = targets.map(
      (target): Target | { object: string; key: string; name: string | undefined } => {
        if (target.kind !== 'index') return target;
        const object = this.emitter.fresh('o');
        const key = this.emitter.fresh('k');
        before.push(`const ${object} = ${this.expressions.value(target.object)};`);
        before.push(`const ${key} = ${this.expressions.value(target.key)};`);
        return { object, key, name: describe(target.object) };
      },
    );
    const adjusted = this.adjusted(values, targets.length);
    const held = adjusted.results.map((result) => {
      const name = this.emitter.fresh('r');
      return { name, code: `const ${name} = ${result};` };
    });
    const stores = prepared.map((target, index) => {
      const value = held[index]!.name;
      if ('kind' in target) return this.store(target, value, line);
      const site = this.emitter.site(line, { left: target.name });
      return `setIndex(${target.object}, ${target.key}, ${value}, ${site})`;
    });
    const code = held.map((entry) => entry.code).join(' ');
    return `{${before.join(' ')} ${adjusted.before}${code} ${stores.reverse().join('; ')};}`;
  }

  private store(target: Target, value: string, line: number): string {
    if (target.kind === 'local') return `${this.emitter.variable(target.variable)} = ${value}`;
    if (target.kind === 'global') {
      return `setIndex(globals, ${JSON.stringify(target.name)}, ${value}, ${this.emitter.site(line)})`;
    }
    const site = this.emitter.site(line, { left: describe(target.object) });
    const object = this.expressions.value(target.object);
    return `setIndex(${object}, ${this.expressions.value(target.key)}, ${value}, ${site})`;
  }

  /** Code for `count` values out of a list of expressions; `before` holds what must run first. */
  private adjusted(values: readonly Expression[], count: number): { before: string; results: string[] } {
    const results: string[] = [];
    let before = '';
    const last = values.length - 1;
    values.forEach((value, index) => {
      if (index === last && count > values.length && isMultiple(value)) {
        // Earlier values are evaluated before the call that gives the rest.
        results.splice(
          0,
          results.length,
          ...results.map((result) => this.hold(result, (code) => (before += code))),
        );
        const rest = this.hold(this.expressions.values(value), (code) => (before += code));
        for (let extra = 0; extra + index < count; extra++) results.push(`${rest}[${extra}]`);
      } else if (index < count) results.push(this.expressions.value(value));
      else {
        // A surplus value: evaluated for its effects, after the ones before it.
        results.splice(
          0,
          results.length,
          ...results.map((result) => this.hold(result, (code) => (before += code))),
        );
        before += `${this.expressions.value(value)};\n`;
      }
    });
    while (results.length < count) results.push('undefined');
    return { before, results };
  }

  private hold(code: string, emit: (code: string) => void): string {
    if (/^[a-z]+\d+(_\w+)?(\[\d+\])?$/.test(code) && !code.startsWith('v')) return code;
    const name = this.emitter.fresh('m');
    emit(`const ${name} = ${code};\n`);
    return name;
  }

  private numericFor(statement: Extract<Statement, { kind: 'numericFor' }>): string {
    const { emitter, expressions } = this;
    const { start, limit, step, variable } = statement;
    const site = emitter.site(statement.line);
    const checked = (expression: Expression, what: string): { raw: string; code: string; check: string } => {
      if (expression.kind === 'number') return { raw: '', code: expressions.value(expression), check: '' };
      const raw = emitter.fresh('n');
      const code = emitter.fresh('n');
      const check = `const ${code} = loopNumber(${raw}, '${what}', ${site});`;
      return { raw: `const ${raw} = ${expressions.value(expression)};`, code, check };
    };
    const from = checked(start, 'initial value');
    const to = checked(limit, 'limit');
    const by = checked(step ?? { kind: 'number', value: 1 }, 'step');
    const plain =
      start.kind === 'number' && Number.isInteger(start.value) && (step?.kind ?? 'number') === 'number';
    const direct = !variable.captured && !variable.assigned;
    const name = emitter.variable(variable);
    const counter = direct ? name : emitter.fresh('i');
    // Lua subtracts the step before the loop and adds it in each turn.
    const initial = plain ? from.code : `${from.code} - ${by.code} + ${by.code}`;
    const stepValue = step === undefined ? 1 : step.kind === 'number' ? step.value : undefined;
    const up = `${counter} <= ${to.code}`;
    const down = `${to.code} <= ${counter}`;
    const test = stepValue === undefined ? `(0 < ${by.code} ? ${up} : ${down})` : stepValue > 0 ? up : down;
    const copy = direct ? '' : `let ${name} = ${counter};`;
    return (
      `{${from.raw}${to.raw}${by.raw}${from.check}${to.check}${by.check}\n` +
      `for (let ${counter} = ${initial}; ${test}; ${counter} += ${by.code}) {${TICK}${copy}\n` +
      `${this.block(statement.body)}}}`
    );
  }

  private genericFor(statement: Extract<Statement, { kind: 'genericFor' }>): string {
    const { emitter } = this;
    const { before, results } = this.adjusted(statement.iterators, 3);
    const [iterator, table, control, walk, result] = ['i', 'i', 'i', 'w', 'r'].map((prefix) =>
      emitter.fresh(prefix),
    );
    const names = statement.variables.map((variable) => emitter.variable(variable));
    const site = emitter.site(statement.line);
    const walked = names
      .slice(0, 2)
      .map((name, index) => `${name} = ${walk}.${index === 0 ? 'key' : 'value'};`);
    const many = names.map((name, index) => `${name} = ${result}[${index}];`).join(' ');
    const callee = `(S.at = ${site}, typeof ${iterator} === 'function' ? ${iterator} : callable(${iterator}, ${site}))`;
    return (
      `{${before}const ${iterator} = ${results[0]}, ${table} = ${results[1]}; let ${control} = ${results[2]};\n` +
      `const ${walk} = walk(${iterator}, ${table}, ${control});\n` +
      `for (;;) {${TICK} let ${names.join(', ')};\n` +
      `if (${walk} !== undefined) { if (!${walk}.next()) break; ${walked.join(' ')} }\n` +
      `else { const ${result} = ${callee}(${table}, ${control});\n` +
      `if (${result} instanceof Array) { ${many} } else ${names[0]} = ${result};\n` +
      `if (${names[0]} === undefined) break; ${control} = ${names[0]}; }\n` +
      `${this.block(statement.body)}}}`
    );
  }

  private returning(values: readonly Expression[]): string {
    if (values.length === 0) return 'return NOTHING;';
    // What is given may become the arguments of the next call.
    this.context.arguments += values.length;
    if (values.length > 1) return `return ${this.expressions.arrayOf(values)};`;
    const value = values[0]!;
    if (value.kind === 'call') return `return ${this.expressions.call(value)};`;
    return value.kind === 'vararg' ? 'return varargs;' : `return ${this.expressions.value(value)};`;
  }
}
