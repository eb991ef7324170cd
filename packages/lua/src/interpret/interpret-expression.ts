import { calleeName, describe, describeCallee, givesLevel } from '../compile/describe.js';
import type {
  BinaryExpression,
  CallExpression,
  Expression,
  FunctionBody,
  TableField,
} from '../compile/syntax.js';
import { isMultiple } from '../compile/syntax.js';
import { roundedSize } from '../runtime/construct.js';
import type { Runtime } from '../runtime/runtime.js';
import type { Site } from '../runtime/state.js';
import { LuaTable } from '../runtime/table.js';
import { first, type LuaFunction, type LuaValue, list, truthy } from '../runtime/values.js';
import type { Evaluate, EvaluateMany, Frame, Layout } from './frame.js';

/** Builds the closure that makes a function value; handed in because functions contain statements. */
export type BuildFunction = (body: FunctionBody, outer: ExpressionBuilder) => (frame: Frame) => LuaFunction;

type BinaryHelper = (left: LuaValue, right: LuaValue, site: Site) => LuaValue;

/** Turns expressions of one function into closures. */
export class ExpressionBuilder {
  readonly runtime: Runtime;
  readonly layout: Layout;
  readonly chunk: { readonly name: string; readonly source: string };
  private readonly usesLevel: boolean;
  private readonly buildFunction: BuildFunction;

  constructor(
    runtime: Runtime,
    layout: Layout,
    chunk: { readonly name: string; readonly source: string },
    usesLevel: boolean,
    buildFunction: BuildFunction,
  ) {
    this.runtime = runtime;
    this.layout = layout;
    this.chunk = chunk;
    this.usesLevel = usesLevel;
    this.buildFunction = buildFunction;
  }

  site(line: number, details: Omit<Site, 'chunk' | 'source' | 'line'> = {}): Site {
    return { chunk: this.chunk.name, source: this.chunk.source, line, ...details };
  }

  /** Exactly one value. */
  value(expression: Expression): Evaluate {
    switch (expression.kind) {
      case 'nil':
        return () => undefined;
      case 'true':
      case 'false': {
        const constant = expression.kind === 'true';
        return () => constant;
      }
      case 'number':
      case 'string': {
        const constant = expression.value;
        return () => constant;
      }
      case 'vararg':
        return (frame) => frame.varargs[0];
      case 'local':
        return this.layout.reader(expression.variable);
      case 'global': {
        const { index, globals } = this.runtime;
        const { name } = expression;
        const site = this.site(expression.line);
        return () => index(globals, name, site);
      }
      case 'index': {
        const { index } = this.runtime;
        const object = this.value(expression.object);
        const key = this.value(expression.key);
        const site = this.site(expression.line, { left: describe(expression.object) });
        return (frame) => index(object(frame), key(frame), site);
      }
      case 'call': {
        const call = this.call(expression);
        return (frame) => first(call(frame));
      }
      case 'function':
        return this.buildFunction(expression.body, this);
      case 'and':
      case 'or':
        return this.logical(expression);
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

  /** All values an expression in last place gives. */
  many(expression: Expression): EvaluateMany {
    if (expression.kind === 'call') return this.call(expression);
    if (expression.kind === 'vararg') return (frame) => frame.varargs;
    return this.value(expression);
  }

  /** The values of a list whose last expression may give several, as a fresh array. */
  array(expressions: readonly Expression[]): (frame: Frame) => LuaValue[] {
    const last = expressions[expressions.length - 1];
    const open = isMultiple(last);
    const singles = (open ? expressions.slice(0, -1) : expressions).map((expression) =>
      this.value(expression),
    );
    const rest = open ? this.many(last!) : undefined;
    return (frame) => {
      const values: LuaValue[] = [];
      for (const single of singles) values.push(single(frame));
      if (rest !== undefined) for (const value of list(rest(frame))) values.push(value);
      return values;
    };
  }

  /** A call's raw result. */
  call(call: CallExpression): EvaluateMany {
    const { runtime } = this;
    const { state, callable, index } = runtime;
    const { method } = call;
    const left = describeCallee(call);
    const site = this.site(call.line, { callee: calleeName(call), method: method !== undefined, left });
    const callee = this.value(call.callee);
    const args = this.array(call.args);
    if (method !== undefined) {
      const indexSite = this.site(call.line, { left: describe(call.callee) });
      return (frame) => {
        const object = callee(frame);
        const target = index(object, method, indexSite);
        const values = args(frame);
        state.at = site;
        return callable(target, site)(object, ...values);
      };
    }
    const levels = this.usesLevel && givesLevel(call);
    return (frame) => {
      const target = callee(frame);
      const values = args(frame);
      if (levels) state.callerAt = frame.callerAt;
      state.at = site;
      return typeof target === 'function' ? target(...values) : callable(target, site)(...values);
    };
  }

  private logical(expression: Extract<Expression, { kind: 'and' | 'or' }>): Evaluate {
    const left = this.value(expression.left);
    const right = this.value(expression.right);
    const stopsAt = expression.kind === 'or';
    return (frame) => {
      const value = left(frame);
      return truthy(value) === stopsAt ? value : right(frame);
    };
  }

  private unary(expression: Extract<Expression, { kind: 'unary' }>): Evaluate {
    const operand = this.value(expression.operand);
    if (expression.operator === 'not') return (frame) => !truthy(operand(frame));
    const name = describe(expression.operand);
    const site = this.site(expression.line, { left: name, right: name });
    const operation = expression.operator === '-' ? this.runtime.negate : this.runtime.length;
    return (frame) => operation(operand(frame), site);
  }

  private binary(expression: BinaryExpression): Evaluate {
    const { operator, swapped } = expression;
    const site = this.site(expression.line, {
      left: describe(expression.left),
      right: describe(expression.right),
    });
    const helper = this.helper(operator);
    const left = this.value(expression.left);
    const right = this.value(expression.right);
    if (swapped) {
      return (frame) => {
        const evaluatedFirst = right(frame);
        return helper(left(frame), evaluatedFirst, site);
      };
    }
    return (frame) => helper(left(frame), right(frame), site);
  }

  private helper(operator: BinaryExpression['operator']): BinaryHelper {
    const { runtime } = this;
    switch (operator) {
      case '+':
        return runtime.add;
      case '-':
        return runtime.subtract;
      case '*':
        return runtime.multiply;
      case '/':
        return runtime.divide;
      case '%':
        return runtime.modulo;
      case '^':
        return runtime.power;
      case '..':
        return runtime.concat;
      case '==':
        return runtime.equal;
      case '~=':
        return (left, right, site) => !runtime.equal(left, right, site);
      case '<':
        return runtime.less;
      case '<=':
        return runtime.lessOrEqual;
    }
  }

  private table(fields: readonly TableField[], line: number): Evaluate {
    const last = fields[fields.length - 1];
    const open = last !== undefined && last.key === undefined && isMultiple(last.value);
    const keyed = fields.map((field) => field.key !== undefined);
    const listed = keyed.filter((isKeyed) => !isKeyed).length;
    const values = this.array(
      fields.flatMap((field) => (field.key === undefined ? [field.value] : [field.key, field.value])),
    );
    if (listed === fields.length) {
      const size = open ? undefined : roundedSize(listed);
      return (frame) => new LuaTable(values(frame), size);
    }
    if (open) keyed.pop();
    else if (last?.key !== undefined && isMultiple(last.value)) return this.keyedLast(fields, line);
    const shape = {
      keyed,
      arraySize: roundedSize(open ? listed - 1 : listed),
      hashSize: roundedSize(fields.length - listed),
      site: this.site(line),
    };
    const { construct } = this.runtime;
    return (frame) => construct(shape, values(frame));
  }

  /** A keyed field in last place takes one value only: written as if in parentheses. */
  private keyedLast(fields: readonly TableField[], line: number): Evaluate {
    const last = fields[fields.length - 1]!;
    const inner: TableField = { key: last.key, value: { kind: 'single', inner: last.value } };
    return this.table([...fields.slice(0, -1), inner], line);
  }
}
