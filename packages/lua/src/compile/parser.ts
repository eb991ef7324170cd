import { LuaSyntaxError } from '../runtime/errors.js';
import { createExpressionParser, type ExpressionParser } from './parse-expression.js';
import { FunctionScope, type Variable } from './scope.js';
import type { Chunk, Expression, FunctionBody, Statement, Target } from './syntax.js';
import { TokenStream } from './token-stream.js';

const BLOCK_ENDS: ReadonlySet<string> = new Set(['<eof>', 'else', 'elseif', 'end', 'until']);

/**
 * Parses a Lua 5.1 text (a byte string) into a tree whose names are resolved. `name` is what messages call the
 * text (`user_script`). Throws LuaSyntaxError with the texts of Lua's own compiler, limits included.
 */
export function parse(text: string, name: string, source: string): Chunk {
  try {
    const tokens = new TokenStream(text, name);
    const parser = new StatementParser(tokens);
    const body = parser.block();
    if (!tokens.check('<eof>')) tokens.fail("'<eof>' expected");
    const main = { scope: tokens.scope, parameters: [], vararg: true, argTable: undefined, body };
    return { name, source, main };
  } catch (error) {
    if (error instanceof RangeError) throw new LuaSyntaxError(`${name}:1: chunk has too many syntax levels`);
    throw error;
  }
}

function functionBody(tokens: TokenStream, method: boolean, line: number): FunctionBody {
  const open = tokens.expect('(').line;
  const names: string[] = method ? ['self'] : [];
  let vararg = false;
  if (!tokens.check(')')) {
    do {
      if (tokens.accept('...')) vararg = true;
      else if (tokens.check('<name>')) names.push(tokens.name());
      else tokens.fail("<name> or '...' expected");
    } while (!vararg && tokens.accept(','));
  }
  const scope = new FunctionScope(tokens.scope, vararg, line);
  tokens.scope = scope;
  const parameters = names.map((name) => tokens.declare(tokens.newVariable(name)));
  const argTable = vararg ? tokens.declare(tokens.newVariable('arg')) : undefined;
  tokens.expectClosing(')', '(', open);
  const body = new StatementParser(tokens).block();
  tokens.expectClosing('end', 'function', line);
  tokens.scope = scope.parent!;
  return { scope, parameters, vararg, argTable: argTable?.used ? argTable : undefined, body };
}

class StatementParser {
  private readonly tokens: TokenStream;
  private readonly expressions: ExpressionParser;

  constructor(tokens: TokenStream) {
    this.tokens = tokens;
    this.expressions = createExpressionParser(tokens, functionBody);
  }

  /** Statements up to a token that closes a block; `return` and `break` end it. */
  block(): Statement[] {
    const statements: Statement[] = [];
    const tokens = this.tokens;
    return tokens.nested(() => {
      while (!BLOCK_ENDS.has(tokens.current.type)) {
        const statement = this.statement();
        statements.push(statement);
        tokens.accept(';');
        if (statement.kind === 'return' || statement.kind === 'break') break;
      }
      return statements;
    });
  }

  private scopedBlock(): Statement[] {
    this.tokens.scope.open();
    const body = this.block();
    this.tokens.scope.close();
    return body;
  }

  private loopBlock(): Statement[] {
    const scope = this.tokens.scope;
    scope.loops++;
    const body = this.scopedBlock();
    scope.loops--;
    return body;
  }

  private statement(): Statement {
    const tokens = this.tokens;
    const line = tokens.current.line;
    switch (tokens.current.type) {
      case 'if':
        return this.ifStatement(line);
      case 'while': {
        tokens.advance();
        const condition = this.expressions.expression();
        tokens.expect('do');
        const body = this.loopBlock();
        tokens.expectClosing('end', 'while', line);
        return { kind: 'while', condition, body };
      }
      case 'do': {
        tokens.advance();
        const body = this.scopedBlock();
        tokens.expectClosing('end', 'do', line);
        return { kind: 'do', body };
      }
      case 'for':
        return this.forStatement(line);
      case 'repeat':
        return this.repeatStatement(line);
      case 'function':
        return this.functionStatement(line);
      case 'local':
        tokens.advance();
        return tokens.accept('function') ? this.localFunction(line) : this.localStatement();
      case 'return': {
        tokens.advance();
        const bare = BLOCK_ENDS.has(tokens.current.type) || tokens.check(';');
        return { kind: 'return', values: bare ? [] : this.expressions.expressionList() };
      }
      case 'break':
        tokens.advance();
        if (tokens.scope.loops === 0) tokens.fail('no loop to break');
        return { kind: 'break' };
      default:
        return this.expressionStatement();
    }
  }

  private ifStatement(line: number): Statement {
    const tokens = this.tokens;
    const branches: { condition: Expression; body: Statement[] }[] = [];
    do {
      tokens.advance();
      const condition = this.expressions.expression();
      tokens.expect('then');
      branches.push({ condition, body: this.scopedBlock() });
    } while (tokens.check('elseif'));
    const otherwise = tokens.accept('else') ? this.scopedBlock() : undefined;
    tokens.expectClosing('end', 'if', line);
    return { kind: 'if', branches, otherwise };
  }

  private forStatement(line: number): Statement {
    const tokens = this.tokens;
    tokens.advance();
    const names = [tokens.name()];
    if (tokens.accept('=')) {
      const start = this.expressions.expression();
      tokens.expect(',');
      const limit = this.expressions.expression();
      const step = tokens.accept(',') ? this.expressions.expression() : undefined;
      tokens.expect('do');
      const doLine = tokens.lastLine;
      const { variables, body } = this.forBody(names, line);
      return { kind: 'numericFor', variable: variables[0]!, start, limit, step, body, line: doLine };
    }
    if (!tokens.check(',') && !tokens.check('in')) tokens.fail("'=' or 'in' expected");
    while (tokens.accept(',')) names.push(tokens.name());
    tokens.expect('in');
    const iterators = this.expressions.expressionList();
    tokens.expect('do');
    const { variables, body } = this.forBody(names, line);
    return { kind: 'genericFor', variables, iterators, body, line };
  }

  private forBody(names: readonly string[], line: number): { variables: Variable[]; body: Statement[] } {
    const tokens = this.tokens;
    tokens.scope.open();
    const variables = names.map((name) => tokens.declare(tokens.newVariable(name)));
    const body = this.loopBlock();
    tokens.scope.close();
    tokens.expectClosing('end', 'for', line);
    return { variables, body };
  }

  /** The condition still sees the body's locals. */
  private repeatStatement(line: number): Statement {
    const tokens = this.tokens;
    tokens.advance();
    tokens.scope.open();
    tokens.scope.loops++;
    const body = this.block();
    tokens.scope.loops--;
    tokens.expectClosing('until', 'repeat', line);
    const condition = this.expressions.expression();
    tokens.scope.close();
    return { kind: 'repeat', condition, body };
  }

  private functionStatement(line: number): Statement {
    const tokens = this.tokens;
    tokens.advance();
    let target = this.nameTarget(tokens.name());
    let method = false;
    while (!method && (tokens.check('.') || tokens.check(':'))) {
      method = tokens.advance().type === ':';
      const key: Expression = { kind: 'string', value: tokens.name() };
      target = { kind: 'index', object: target, key, line: tokens.lastLine };
    }
    this.markAssigned(target);
    const body = functionBody(tokens, method, line);
    return { kind: 'assign', targets: [target], values: [{ kind: 'function', body }], line };
  }

  private nameTarget(name: string): Target {
    const found = this.tokens.resolve(name);
    if (found === undefined) return { kind: 'global', name, line: this.tokens.lastLine };
    found.variable.used = true;
    return { kind: 'local', ...found };
  }

  private markAssigned(target: Target): void {
    if (target.kind === 'local') target.variable.assigned = true;
  }

  private localFunction(line: number): Statement {
    const variable = this.tokens.declare(this.tokens.newVariable(this.tokens.name()));
    return { kind: 'localFunction', variable, body: functionBody(this.tokens, false, line) };
  }

  private localStatement(): Statement {
    const tokens = this.tokens;
    const variables: Variable[] = [];
    do variables.push(tokens.newVariable(tokens.name()));
    while (tokens.accept(','));
    const values = tokens.accept('=') ? this.expressions.expressionList() : [];
    for (const variable of variables) tokens.declare(variable);
    return { kind: 'local', variables, values };
  }

  private expressionStatement(): Statement {
    const tokens = this.tokens;
    const first = this.expressions.suffixed();
    if (first.kind === 'call') return { kind: 'call', call: first };
    const targets = [this.asTarget(first)];
    while (tokens.accept(',')) targets.push(this.asTarget(this.expressions.suffixed()));
    tokens.expect('=');
    const values = this.expressions.expressionList();
    for (const target of targets) this.markAssigned(target);
    return { kind: 'assign', targets, values, line: tokens.lastLine };
  }

  private asTarget(expression: Expression): Target {
    if (expression.kind !== 'local' && expression.kind !== 'global' && expression.kind !== 'index') {
      this.tokens.fail('syntax error');
    }
    return expression;
  }
}
