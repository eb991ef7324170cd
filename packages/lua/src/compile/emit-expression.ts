import { roundedSize } from '../runtime/construct.js';
import { calleeName, describe, describeCallee, givesLevel, mayCall } from './describe.js';
import type { Emitter, FunctionContext } from './emitter.js';
import type { BinaryExpression, CallExpression, Expression, FunctionBody, TableField } from './syntax.js';
import { isMultiple } from './syntax.js';

const ARITHMETIC: Readonly<Record<string, string>> = {
  '+': 'add',
  '-': 'subtract',
  '*': 'multiply',
  '/': 'divide',
  '%': 'modulo',
  '^': 'power',
  '..': 'concat',
};

const LITERALS: ReadonlySet<string> = new Set(['nil', 'true', 'false', 'number', 'string']);

/** Writes a function's JavaScript; handed in because functions contain statements. */
export type EmitFunction = (emitter: Emitter, body: FunctionBody) => string;

/** Writes expressions of one function as JavaScript source. */
export class ExpressionEmitter {
  readonly emitter: Emitter;
  readonly context: FunctionContext;
  private readonly emitFunction: EmitFunction;

  constructor(emitter: Emitter, context: FunctionContext, emitFunction: EmitFunction) {
    this.emitter = emitter;
    this.context = context;
    this.emitFunction = emitFunction;
  }

  /** Exactly one value. */
  value(expression: Expression): string {
    const { emitter } = this;
    switch (expression.kind) {
      case 'nil':
        return 'undefined';
      case 'true':
      case 'false':
        return expression.kind;
      case 'number':
        return numberLiteral(expression.value);
      case 'string':
        return JSON.stringify(expression.value);
      case 'vararg':
        return 'varargs[0]';
      case 'local':
        return emitter.variable(expression.variable);
      case 'global':
        return this.global(expression.name, expression.line);
      case 'index':
        return this.index(expression);
      case 'call':
        return `first(${this.call(expression)})`;
      case 'function':
        return this.emitFunction(emitter, expression.body);
      case 'and':
        return `(${this.held(expression.left)} === undefined || t === false ? t : ${this.value(expression.right)})`;
      case 'or':
        return `(${this.held(expression.left)} !== undefined && t !== false ? t : ${this.value(expression.right)})`;
      case 'binary':
        return this.binary(expression);
      case 'unary':
        return this.unary(expression);
      case 'table':
        return this.table(expression.fields, expression.line);
      case 'single':
        return this.value(expression.inner);
    }
  }

  /** A JavaScript boolean: whether the value counts as true. */
  condition(expression: Expression): string {
    switch (expression.kind) {
      case 'nil':
      case 'false':
        return 'false';
      case 'true':
      case 'number':
      case 'string':
        return 'true';
      case 'and':
        return `(${this.condition(expression.left)} && ${this.condition(expression.right)})`;
      case 'or':
        return `(${this.condition(expression.left)} || ${this.condition(expression.right)})`;
      case 'single':
        return this.condition(expression.inner);
      case 'unary':
        if (expression.operator === 'not') return this.value(expression);
        break;
      case 'binary':
        if (/[=<~]/.test(expression.operator)) return this.value(expression);
        break;
      case 'local': {
        const name = this.emitter.variable(expression.variable);
        return `(${name} !== undefined && ${name} !== false)`;
      }
    }
    return `(${this.held(expression)} !== undefined && t !== false)`;
  }

  /** A call's raw result: one bare value or an array. */
  call(call: CallExpression): string {
    const { emitter } = this;
    const name = calleeName(call);
    const method = call.method !== undefined;
    const site = emitter.site(call.line, { callee: name, method, left: describeCallee(call) });
    const args = call.args.map((argument) => this.value(argument));
    const last = call.args[call.args.length - 1];
    if (isMultiple(last)) args[args.length - 1] = `...${this.values(last!)}`;
    const enter = this.entering(call, site);
    // The position is set after the arguments are evaluated when they may move it.
    this.context.arguments += args.length;
    const late = call.args.some(mayCall);
    if (late) {
      this.context.usesTemporary = true;
      const text = args[args.length - 1]!;
      args[args.length - 1] = text.startsWith('...')
        ? `...(t = ${text.slice(3)}, ${enter}, t)`
        : `(t = ${text}, ${enter}, t)`;
    }
    const prefix = late ? '' : `${enter}, `;
    if (call.method !== undefined) {
      this.context.usesTemporary = true;
      this.context.usesCallee = true;
      const object = this.value(call.callee);
      const indexSite = emitter.site(call.line, { left: describe(call.callee) });
      const read = `f = index(t = ${object}, ${JSON.stringify(call.method)}, ${indexSite})`;
      const callee = `(${read}, ${prefix}typeof f === 'function' ? f : callable(f, ${site}))`;
      return `${callee}(${['t', ...args].join(', ')})`;
    }
    return `${this.callee(call.callee, prefix, site)}(${args.join(', ')})`;
  }

  private entering(call: CallExpression, site: string): string {
    const levels = this.context.usesLevel && givesLevel(call);
    return levels ? `S.callerAt = callerAt, S.at = ${site}` : `S.at = ${site}`;
  }

  private callee(callee: Expression, prefix: string, site: string): string {
    const path = constantPath(callee);
    if (path !== undefined) {
      const constant = this.emitter.constant(...path);
      if (constant !== undefined && this.emitter.isFunction(...path)) return `(${prefix}${constant})`;
    }
    if (callee.kind === 'local') {
      const name = this.emitter.variable(callee.variable);
      return `(${prefix}typeof ${name} === 'function' ? ${name} : callable(${name}, ${site}))`;
    }
    this.context.usesCallee = true;
    // The callee's own evaluation may move the position: set it afterwards.
    return `(f = ${this.value(callee)}, ${prefix}typeof f === 'function' ? f : callable(f, ${site}))`;
  }

  /** Several values as an array expression. */
  values(expression: Expression): string {
    if (expression.kind === 'vararg') return 'varargs';
    return expression.kind === 'call' ? `list(${this.call(expression)})` : `[${this.value(expression)}]`;
  }

  /** A list whose last expression may give several values, as an array literal. */
  arrayOf(expressions: readonly Expression[]): string {
    const parts = expressions.map((expression, index) =>
      index === expressions.length - 1 && isMultiple(expression)
        ? `...${this.values(expression)}`
        : this.value(expression),
    );
    return `[${parts.join(', ')}]`;
  }

  private held(expression: Expression): string {
    this.context.usesTemporary = true;
    return `(t = ${this.value(expression)})`;
  }

  private global(name: string, line: number): string {
    const constant = this.emitter.constant(name);
    return constant ?? `index(globals, ${JSON.stringify(name)}, ${this.emitter.site(line)})`;
  }

  private index(expression: Extract<Expression, { kind: 'index' }>): string {
    const path = constantPath(expression);
    const constant = path && this.emitter.constant(...path);
    if (constant !== undefined) return constant;
    const site = this.emitter.site(expression.line, { left: describe(expression.object) });
    return `index(${this.value(expression.object)}, ${this.value(expression.key)}, ${site})`;
  }

  private unary(expression: Extract<Expression, { kind: 'unary' }>): string {
    if (expression.operator === 'not') return `!${this.condition(expression.operand)}`;
    const name = describe(expression.operand);
    const site = this.emitter.site(expression.line, { left: name, right: name });
    const operation = expression.operator === '-' ? 'negate' : 'length';
    return `${operation}(${this.value(expression.operand)}, ${site})`;
  }

  private binary(expression: BinaryExpression): string {
    const { operator, left, right, line } = expression;
    if (operator === '==' || operator === '~=') {
      if (LITERALS.has(left.kind) || LITERALS.has(right.kind)) {
        return `(${this.value(left)} ${operator === '==' ? '===' : '!=='} ${this.value(right)})`;
      }
      const test = `equal(${this.value(left)}, ${this.value(right)}, ${this.emitter.site(line)})`;
      return operator === '==' ? test : `!${test}`;
    }
    if (operator === '<' || operator === '<=') {
      const site = this.emitter.site(line);
      const names = operator === '<' ? ['less', 'greater'] : ['lessOrEqual', 'greaterOrEqual'];
      return expression.swapped
        ? `${names[1]}(${this.value(right)}, ${this.value(left)}, ${site})`
        : `${names[0]}(${this.value(left)}, ${this.value(right)}, ${site})`;
    }
    const site = this.emitter.site(line, { left: describe(left), right: describe(right) });
    return `${ARITHMETIC[operator]}(${this.value(left)}, ${this.value(right)}, ${site})`;
  }

  private table(fields: readonly TableField[], line: number): string {
    const last = fields[fields.length - 1];
    const open = last !== undefined && last.key === undefined && isMultiple(last.value);
    const keyed = fields.map((field) => field.key !== undefined);
    const hashSize = roundedSize(keyed.filter(Boolean).length);
    const listed = fields.length - keyed.filter(Boolean).length;
    if (hashSize === 0) {
      if (listed === 0) return 'new LuaTable()';
      const items = this.arrayOf(fields.map((field) => field.value));
      return open ? `new LuaTable(${items})` : `new LuaTable(${items}, ${roundedSize(listed)})`;
    }
    const parts = fields.flatMap((field, index) => {
      if (field.key !== undefined) return [this.value(field.key), this.value(field.value)];
      return [
        open && index === fields.length - 1 ? `...${this.values(field.value)}` : this.value(field.value),
      ];
    });
    const site = { chunk: this.emitter.chunk, source: this.emitter.source, line };
    if (open) keyed.pop();
    const arraySize = roundedSize(open ? listed - 1 : listed);
    const shape = this.emitter.shape({ keyed, arraySize, hashSize, site });
    return `construct(${shape}, [${parts.join(', ')}])`;
  }
}

/** `redis` or `redis.call` as a path of names; undefined for anything else. */
function constantPath(expression: Expression): [name: string, field?: string] | undefined {
  if (expression.kind === 'global') return [expression.name];
  if (expression.kind !== 'index' || expression.key.kind !== 'string') return undefined;
  return expression.object.kind === 'global' ? [expression.object.name, expression.key.value] : undefined;
}

function numberLiteral(value: number): string {
  return value < 0 || Object.is(value, -0) ? `(${Object.is(value, -0) ? '-0' : value})` : `${value}`;
}
