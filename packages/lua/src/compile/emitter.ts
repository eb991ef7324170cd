import type { TableShape } from '../runtime/construct.js';
import type { Site } from '../runtime/state.js';
import { LuaTable } from '../runtime/table.js';
import type { Variable } from './scope.js';

/** Globals that change from run to run and so are never read ahead. */
const CHANGING: ReadonlySet<string> = new Set(['KEYS', 'ARGV']);

/** What generated code refers to by name, gathered while it is written. */
export class Emitter {
  readonly chunk: string;
  readonly source: string;
  readonly sites: Site[] = [];
  readonly shapes: TableShape[] = [];
  /** Lines run once per compiled chunk, before any function of it. */
  readonly prologue: string[] = [];
  private readonly globals: LuaTable;
  private readonly constants = new Map<string, string>();
  private counter = 0;

  constructor(chunk: string, source: string, globals: LuaTable) {
    this.chunk = chunk;
    this.source = source;
    this.globals = globals;
  }

  /** A fresh JavaScript name. */
  fresh(prefix: string): string {
    return `${prefix}${this.counter++}`;
  }

  variable(variable: Variable): string {
    return `v${variable.id}_${variable.name}`;
  }

  site(line: number, details: Omit<Site, 'chunk' | 'source' | 'line'> = {}): string {
    this.sites.push({ chunk: this.chunk, source: this.source, line, ...details });
    const name = `s${this.sites.length}`;
    this.prologue.push(`const ${name} = sites[${this.sites.length - 1}];`);
    return name;
  }

  shape(shape: TableShape): string {
    this.shapes.push(shape);
    const name = `h${this.shapes.length}`;
    this.prologue.push(`const ${name} = shapes[${this.shapes.length - 1}];`);
    return name;
  }

  /**
   * A constant holding a global (or a library's function) that no script can change: read once per chunk.
   * Undefined when the name is unknown, changes between runs, or the library table is not read-only.
   */
  constant(name: string, field?: string): string | undefined {
    if (!this.globals.readonly || CHANGING.has(name)) return undefined;
    const value = this.globals.get(name);
    if (value === undefined) return undefined;
    if (field !== undefined) {
      if (!(value instanceof LuaTable) || !value.readonly || value.get(field) === undefined) return undefined;
    }
    const key = field === undefined ? name : `${name}.${field}`;
    const known = this.constants.get(key);
    if (known !== undefined) return known;
    const constant = this.fresh('g');
    const read = `globals.get(${JSON.stringify(name)})`;
    const source = field === undefined ? read : `${read}.get(${JSON.stringify(field)})`;
    this.prologue.push(`const ${constant} = ${source};`);
    this.constants.set(key, constant);
    return constant;
  }

  /** Whether a constant of `constant` holds a function. */
  isFunction(name: string, field?: string): boolean {
    const value = this.globals.get(name);
    if (field === undefined) return typeof value === 'function';
    return value instanceof LuaTable && typeof value.get(field) === 'function';
  }
}

/** The function being written: which helpers its prologue must declare. */
export interface FunctionContext {
  readonly usesLevel: boolean;
  usesTemporary: boolean;
  usesCallee: boolean;
  /** Of all its calls. */
  arguments: number;
}
