import type { Expression } from './syntax.js';

/**
 * The expression that Lua's compiler makes code of, where it knows a value beforehand: `1 and f` is `f` and `nil or f` is `f`,
 * also for the names in its messages.
 */
export function settled(expression: Expression): Expression {
  switch (expression.kind) {
    case 'single':
      return settled(expression.inner);
    case 'and':
      return truth(expression.left) === true ? settled(expression.right) : expression;
    case 'or':
      return truth(expression.left) === false ? settled(expression.right) : expression;
    default:
      return expression;
  }
}

/** Whether a value that is known beforehand counts as true. `true or f` and `nil and f` are not known: code is made of both. */
function truth(expression: Expression): boolean | undefined {
  const known = settled(expression);
  switch (known.kind) {
    case 'nil':
    case 'false':
      return false;
    case 'true':
    case 'string':
      return true;
    case 'unary': {
      if (known.operator !== 'not') return numeral(known) === undefined ? undefined : true;
      const operand = truth(known.operand);
      return operand === undefined ? undefined : !operand;
    }
    default:
      return numeral(known) === undefined ? undefined : true;
  }
}

/** The number of an expression of numbers alone. Division by zero and what is no number are left to the run. */
function numeral(expression: Expression): number | undefined {
  const known = settled(expression);
  if (known.kind === 'number') return known.value;
  if (known.kind === 'unary') {
    const operand = known.operator === '-' ? numeral(known.operand) : undefined;
    return operand === undefined ? undefined : -operand;
  }
  if (known.kind !== 'binary') return undefined;
  const [left, right] = [numeral(known.left), numeral(known.right)];
  if (left === undefined || right === undefined) return undefined;
  const value = folded(known.operator, left, right);
  return Number.isNaN(value) ? undefined : value;
}

function folded(operator: string, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return right === 0 ? Number.NaN : left / right;
    case '%':
      return right === 0 ? Number.NaN : left - Math.floor(left / right) * right;
    case '^':
      return left ** right;
    default:
      return Number.NaN;
  }
}
