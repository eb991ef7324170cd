import { settled } from './settled.js';
import type { CallExpression, Expression } from './syntax.js';

/** How messages name the origin of a value: `local 'x'`, `field 'y'` …; undefined when Lua names none. */
export function describe(expression: Expression): string | undefined {
  const known = settled(expression);
  switch (known.kind) {
    case 'local':
      return `${known.upvalue ? 'upvalue' : 'local'} '${known.variable.name}'`;
    case 'global':
      return `global '${known.name}'`;
    case 'index': {
      const key = settled(known.key);
      return `field '${key.kind === 'string' ? visible(key.value) : '?'}'`;
    }
    default:
      return undefined;
  }
}

/** Messages are C strings: a zero byte ends a name. */
function visible(name: string): string {
  const end = name.indexOf('\0');
  return end < 0 ? name : name.slice(0, end);
}

/** The name a called function goes by in "bad argument #1 to 'name'". */
export function calleeName(call: CallExpression): string | undefined {
  if (call.method !== undefined) return call.method;
  const described = describe(call.callee);
  return described?.slice(described.indexOf("'") + 1, -1);
}

/** How messages name a called value. */
export function describeCallee(call: CallExpression): string | undefined {
  return call.method !== undefined ? `method '${call.method}'` : describe(call.callee);
}

/** Whether evaluating an expression may call a function and so move the position on. */
export function mayCall(expression: Expression): boolean {
  switch (expression.kind) {
    case 'call':
      return true;
    case 'index':
      return mayCall(expression.object) || mayCall(expression.key);
    case 'binary':
    case 'and':
    case 'or':
      return mayCall(expression.left) || mayCall(expression.right);
    case 'unary':
      return mayCall(expression.operand);
    case 'single':
      return mayCall(expression.inner);
    case 'table':
      return expression.fields.some((field) => (field.key && mayCall(field.key)) || mayCall(field.value));
    default:
      return false;
  }
}

/** Whether a call looks like `error(message, level)`: only then must its function remember where it was called. */
export function givesLevel(call: CallExpression): boolean {
  if (call.args.length < 2 || call.method !== undefined) return false;
  const { callee } = call;
  const name = callee.kind === 'global' ? callee.name : callee.kind === 'local' ? callee.variable.name : '';
  return name === 'error';
}
