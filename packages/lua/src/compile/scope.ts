/** A local variable; `id` is unique in its chunk. */
export class Variable {
  readonly name: string;
  readonly id: number;
  readonly owner: FunctionScope;
  /** An inner function uses it. */
  captured = false;
  /** Assigned after its declaration. */
  assigned = false;
  used = false;
  constructor(name: string, id: number, owner: FunctionScope) {
    this.name = name;
    this.id = id;
    this.owner = owner;
  }
}

/** The scopes of one function while it is parsed; `usesLevel` is set when it calls `error(message, level)`. */
export class FunctionScope {
  readonly parent: FunctionScope | undefined;
  readonly vararg: boolean;
  readonly line: number;
  usesVararg = false;
  usesLevel = false;
  loops = 0;
  /** Variables declared in all its blocks. */
  declared = 0;
  private readonly blocks: Variable[][] = [[]];
  /** Variables of outer functions this one, or one inside it, uses. */
  readonly upvalues: Set<Variable> = new Set();
  private active = 0;

  constructor(parent: FunctionScope | undefined, vararg: boolean, line: number) {
    this.parent = parent;
    this.vararg = vararg;
    this.line = line;
  }

  /** Makes a variable visible; returns how many are active now (Lua allows 200). */
  declare(variable: Variable): number {
    this.blocks[this.blocks.length - 1]!.push(variable);
    this.declared++;
    return ++this.active;
  }

  open(): void {
    this.blocks.push([]);
  }

  close(): void {
    this.active -= this.blocks.pop()!.length;
  }

  /** Finds a visible variable here or in an outer function, marking captures; undefined: a global. */
  resolve(name: string): { variable: Variable; upvalue: boolean } | undefined {
    for (let block = this.blocks.length - 1; block >= 0; block--) {
      const variables = this.blocks[block]!;
      for (let index = variables.length - 1; index >= 0; index--) {
        const variable = variables[index]!;
        if (variable.name === name) return { variable, upvalue: false };
      }
    }
    const outer = this.parent?.resolve(name);
    if (outer === undefined) return undefined;
    outer.variable.captured = true;
    this.upvalues.add(outer.variable);
    return { variable: outer.variable, upvalue: true };
  }

  /** How many variables of outer functions this one uses (Lua allows 60). */
  get upvalueCount(): number {
    return this.upvalues.size;
  }
}
