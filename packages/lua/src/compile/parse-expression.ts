import { givesLevel } from './describe.js';
import type { BinaryOperator, CallExpression, Expression, FunctionBody, TableField } from './syntax.js';
import type { TokenStream } from './token-stream.js';

/** Left and right priority of each binary operator; `..` and `^` bind to the right. */
const PRIORITY: Readonly<Record<string, readonly [left: number, right: number]>> = {
  or: [1, 1],
  and: [2, 2],
  '<': [3, 3],
  '>': [3, 3],
  '<=': [3, 3],
  '>=': [3, 3],
  '~=': [3, 3],
  '==': [3, 3],
  '..': [5, 4],
  '+': [6, 6],
  '-': [6, 6],
  '*': [7, 7],
  '/': [7, 7],
  '%': [7, 7],
  '^': [10, 9],
};
const UNARY_PRIORITY = 8;

/** Parses a function's parameters and body; handed in because statements and expressions contain each other. */
export type ParseFunctionBody = (tokens: TokenStream, method: boolean, line: number) => FunctionBody;

/** Parsing of expressions over a token stream. */
export interface ExpressionParser {
  expression(): Expression;
  expressionList(): Expression[];
  /** A prefix expression with all its suffixes. */
  suffixed(): Expression;
}

/** Builds the expression parser of one text. */
export function createExpressionParser(
  tokens: TokenStream,
  functionBody: ParseFunctionBody,
): ExpressionParser {
  function variable(name: string): Expression {
    const found = tokens.resolve(name);
    if (found === undefined) return { kind: 'global', name, line: tokens.lastLine };
    found.variable.used = true;
    return { kind: 'local', variable: found.variable, upvalue: found.upvalue };
  }

  function prefix(): Expression {
    if (tokens.check('<name>')) return variable(tokens.advance().value);
    if (!tokens.check('(')) tokens.fail('unexpected symbol');
    const line = tokens.advance().line;
    const inner = expression();
    tokens.expectClosing(')', '(', line);
    return { kind: 'single', inner };
  }

  function suffixed(): Expression {
    let result = prefix();
    for (;;) {
      if (tokens.accept('.')) {
        const key: Expression = { kind: 'string', value: tokens.name() };
        result = { kind: 'index', object: result, key, line: tokens.lastLine };
      } else if (tokens.accept('[')) {
        const key = expression();
        tokens.expect(']');
        result = { kind: 'index', object: result, key, line: tokens.lastLine };
      } else if (tokens.accept(':')) {
        const method = tokens.name();
        result = call(result, method);
      } else if (tokens.check('(') || tokens.check('{') || tokens.check('<string>')) {
        result = call(result, undefined);
      } else return result;
    }
  }

  function call(callee: Expression, method: string | undefined): CallExpression {
    const line = tokens.current.line;
    let args: Expression[];
    if (tokens.check('<string>')) args = [{ kind: 'string', value: tokens.advance().value }];
    else if (tokens.check('{')) args = [table()];
    else if (tokens.check('(')) {
      if (line !== tokens.lastLine) tokens.fail('ambiguous syntax (function call x new statement)');
      tokens.advance();
      args = tokens.check(')') ? [] : expressionList();
      tokens.expectClosing(')', '(', line);
    } else tokens.fail('function arguments expected');
    const call: CallExpression = { kind: 'call', callee, method, args, line };
    if (givesLevel(call)) tokens.scope.usesLevel = true;
    return call;
  }

  function table(): Expression {
    const line = tokens.expect('{').line;
    const fields: TableField[] = [];
    while (!tokens.check('}')) {
      if (tokens.check('[')) {
        tokens.advance();
        const key = expression();
        tokens.expect(']');
        tokens.expect('=');
        fields.push({ key, value: expression() });
      } else if (tokens.check('<name>') && tokens.peek().type === '=') {
        const key: Expression = { kind: 'string', value: tokens.name() };
        tokens.advance();
        fields.push({ key, value: expression() });
      } else fields.push({ key: undefined, value: expression() });
      if (!tokens.accept(',') && !tokens.accept(';')) break;
    }
    tokens.expectClosing('}', '{', line);
    return { kind: 'table', fields, line: tokens.lastLine };
  }

  function simple(): Expression {
    const token = tokens.current;
    switch (token.type) {
      case '<number>':
        tokens.advance();
        return { kind: 'number', value: token.number };
      case '<string>':
        tokens.advance();
        return { kind: 'string', value: token.value };
      case 'nil':
      case 'true':
      case 'false':
        tokens.advance();
        return { kind: token.type };
      case '...':
        if (!tokens.scope.vararg) tokens.fail("cannot use '...' outside a vararg function");
        tokens.advance();
        tokens.scope.usesVararg = true;
        return { kind: 'vararg' };
      case '{':
        return table();
      case 'function':
        tokens.advance();
        return { kind: 'function', body: functionBody(tokens, false, token.line) };
      default:
        return suffixed();
    }
  }

  function unary(): Expression {
    const type = tokens.current.type;
    if (type !== 'not' && type !== '-' && type !== '#') return simple();
    tokens.advance();
    const operand = binary(UNARY_PRIORITY);
    if (type === '-' && operand.kind === 'number') return { kind: 'number', value: -operand.value };
    return { kind: 'unary', operator: type, operand, line: tokens.lastLine };
  }

  function binary(limit: number): Expression {
    return tokens.nested(() => {
      let left = unary();
      for (;;) {
        const operator = tokens.current.type;
        const priority = PRIORITY[operator];
        if (priority === undefined || priority[0] <= limit) return left;
        tokens.advance();
        left = combine(operator, left, binary(priority[1]));
      }
    });
  }

  function combine(operator: string, left: Expression, right: Expression): Expression {
    if (operator === 'and' || operator === 'or') return { kind: operator, left, right };
    const line = tokens.lastLine;
    if (operator === '>' || operator === '>=') {
      const turned = operator === '>' ? '<' : '<=';
      return { kind: 'binary', operator: turned, left: right, right: left, swapped: true, line };
    }
    return { kind: 'binary', operator: operator as BinaryOperator, left, right, swapped: false, line };
  }

  function expression(): Expression {
    return binary(0);
  }

  function expressionList(): Expression[] {
    const expressions = [expression()];
    while (tokens.accept(',')) expressions.push(expression());
    return expressions;
  }

  return { expression, expressionList, suffixed };
}
