import type { FunctionScope, Variable } from './scope.js';

/** `and`/`or` apart, Lua's binary operators; `>` and `>=` arrive as `<` and `<=` with `swapped`. */
export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '^' | '..' | '==' | '~=' | '<' | '<=';

/** An expression whose names are resolved. `line` is where the Lua compiler would report its errors. */
export type Expression =
  | { readonly kind: 'nil' | 'true' | 'false' | 'vararg' }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'local'; readonly variable: Variable; readonly upvalue: boolean }
  | { readonly kind: 'global'; readonly name: string; readonly line: number }
  | { readonly kind: 'index'; readonly object: Expression; readonly key: Expression; readonly line: number }
  | CallExpression
  | { readonly kind: 'function'; readonly body: FunctionBody }
  | BinaryExpression
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: 'unary';
      readonly operator: '-' | '#' | 'not';
      readonly operand: Expression;
      readonly line: number;
    }
  | { readonly kind: 'table'; readonly fields: readonly TableField[]; readonly line: number }
  | { readonly kind: 'single'; readonly inner: Expression };

/** A call; `method` names the method of `object:method(…)`, whose object is `callee`. */
export interface CallExpression {
  readonly kind: 'call';
  readonly callee: Expression;
  readonly method: string | undefined;
  readonly args: readonly Expression[];
  readonly line: number;
}

/** A binary operation; with `swapped` the source had `right > left`, whose operands are still evaluated in source order. */
export interface BinaryExpression {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
  readonly swapped: boolean;
  readonly line: number;
}

/** One entry of a table constructor; without a key it belongs to the list part. */
export interface TableField {
  readonly key: Expression | undefined;
  readonly value: Expression;
}

/** What can stand left of `=`. */
export type Target = Extract<Expression, { kind: 'local' | 'global' | 'index' }>;

/** A statement. */
export type Statement =
  | {
      readonly kind: 'local';
      readonly variables: readonly Variable[];
      readonly values: readonly Expression[];
    }
  | { readonly kind: 'localFunction'; readonly variable: Variable; readonly body: FunctionBody }
  | {
      readonly kind: 'assign';
      readonly targets: readonly Target[];
      readonly values: readonly Expression[];
      readonly line: number;
    }
  | { readonly kind: 'call'; readonly call: CallExpression }
  | { readonly kind: 'do'; readonly body: readonly Statement[] }
  | { readonly kind: 'while'; readonly condition: Expression; readonly body: readonly Statement[] }
  | { readonly kind: 'repeat'; readonly condition: Expression; readonly body: readonly Statement[] }
  | {
      readonly kind: 'if';
      readonly branches: readonly { readonly condition: Expression; readonly body: readonly Statement[] }[];
      readonly otherwise: readonly Statement[] | undefined;
    }
  | {
      readonly kind: 'numericFor';
      readonly variable: Variable;
      readonly start: Expression;
      readonly limit: Expression;
      readonly step: Expression | undefined;
      readonly body: readonly Statement[];
      readonly line: number;
    }
  | {
      readonly kind: 'genericFor';
      readonly variables: readonly Variable[];
      readonly iterators: readonly Expression[];
      readonly body: readonly Statement[];
      readonly line: number;
    }
  | { readonly kind: 'return'; readonly values: readonly Expression[] }
  | { readonly kind: 'break' };

/** A function's parameters and body. */
export interface FunctionBody {
  readonly scope: FunctionScope;
  readonly parameters: readonly Variable[];
  readonly vararg: boolean;
  /** The old-style `arg` local of a vararg function, when it is read. */
  readonly argTable: Variable | undefined;
  readonly body: readonly Statement[];
}

/** A compiled text's tree: the main function, and the name its messages carry. */
export interface Chunk {
  readonly name: string;
  /** The whole name: `@user_script`, or a loaded text itself. */
  readonly source: string;
  readonly main: FunctionBody;
}

/** Whether an expression in last place can give several values. */
export function isMultiple(expression: Expression | undefined): boolean {
  return expression !== undefined && (expression.kind === 'call' || expression.kind === 'vararg');
}
