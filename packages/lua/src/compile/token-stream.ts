import { Lexer, type Token } from './lexer.js';
import { FunctionScope, Variable } from './scope.js';

const MAXIMUM_LEVELS = 200;
const MAXIMUM_LOCALS = 200;
const MAXIMUM_UPVALUES = 60;

/** The parser's window on the tokens, and the state its parts share. Error texts are those of lparser.c. */
export class TokenStream {
  readonly lexer: Lexer;
  current: Token;
  /** Line of the token consumed last: where Lua's compiler places most instructions. */
  lastLine = 1;
  scope: FunctionScope;
  private ahead: Token | undefined = undefined;
  private levels = 0;
  private variableCount = 0;

  constructor(source: string, chunk: string) {
    this.lexer = new Lexer(source, chunk);
    this.scope = new FunctionScope(undefined, true, 0);
    this.current = this.lexer.next();
  }

  advance(): Token {
    const token = this.current;
    this.lastLine = token.line;
    this.current = this.ahead ?? this.lexer.next();
    this.ahead = undefined;
    return token;
  }

  peek(): Token {
    this.ahead ??= this.lexer.next();
    return this.ahead;
  }

  /** Raises a syntax error near the current token. To Lua a zero byte is no token that it could name. */
  fail(message: string): never {
    const near = this.current.type === '\0' ? undefined : this.current.text;
    this.lexer.fail(message, near, this.current.line);
  }

  check(type: string): boolean {
    return this.current.type === type;
  }

  accept(type: string): boolean {
    if (this.current.type !== type) return false;
    this.advance();
    return true;
  }

  expect(type: string): Token {
    if (this.current.type !== type) this.fail(`'${type}' expected`);
    return this.advance();
  }

  /** Expects the end of something opened at `line`, naming that place when it is on another line. */
  expectClosing(type: string, opening: string, line: number): void {
    if (this.accept(type)) return;
    if (line === this.current.line) this.fail(`'${type}' expected`);
    this.fail(`'${type}' expected (to close '${opening}' at line ${line})`);
  }

  name(): string {
    return this.expect('<name>').value;
  }

  /** Runs one level of nesting deeper; Lua refuses more than 200. */
  nested<T>(parse: () => T): T {
    if (++this.levels > MAXIMUM_LEVELS) {
      this.lexer.fail('chunk has too many syntax levels', undefined, this.current.line);
    }
    const result = parse();
    this.levels--;
    return result;
  }

  newVariable(name: string): Variable {
    return new Variable(name, this.variableCount++, this.scope);
  }

  declare(variable: Variable): Variable {
    if (this.scope.declare(variable) > MAXIMUM_LOCALS) this.limit(MAXIMUM_LOCALS, 'local variables');
    return variable;
  }

  resolve(name: string): { variable: Variable; upvalue: boolean } | undefined {
    const found = this.scope.resolve(name);
    if (found?.upvalue && this.scope.upvalueCount > MAXIMUM_UPVALUES)
      this.limit(MAXIMUM_UPVALUES, 'upvalues');
    return found;
  }

  private limit(limit: number, what: string): never {
    const owner = this.scope.line === 0 ? 'main function' : `function at line ${this.scope.line}`;
    this.lexer.fail(`${owner} has more than ${limit} ${what}`, undefined, this.current.line);
  }
}
