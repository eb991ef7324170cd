import { type Access, createAccess } from './access.js';
import { constructTable, type TableShape } from './construct.js';
import { createOperators, type Operators } from './operators.js';
import type { Site, State } from './state.js';
import { LuaTable } from './table.js';
import { type TableWalk, tableWalk } from './table-walk.js';
import { first, type LuaFunction, type LuaValue, list, NOTHING } from './values.js';

/** Everything compiled code calls; one per engine. */
export interface Runtime extends Access, Operators {
  readonly state: State;
  readonly globals: LuaTable;
  readonly LuaTable: typeof LuaTable;
  readonly NOTHING: readonly LuaValue[];
  first: typeof first;
  list: typeof list;
  greater(left: LuaValue, right: LuaValue, site: Site): boolean;
  greaterOrEqual(left: LuaValue, right: LuaValue, site: Site): boolean;
  construct(shape: TableShape, values: readonly LuaValue[]): LuaTable;
  argTable(values: readonly LuaValue[]): LuaTable;
  walk(iterator: LuaValue, table: LuaValue, control: LuaValue): TableWalk | undefined;
}

/** Binds the operations to a state, the table compiled code finds its globals in, and the global `next`. */
export function createRuntime(state: State, globals: LuaTable, next: LuaFunction): Runtime {
  const access = createAccess(state);
  const operators = createOperators(state);
  return {
    ...access,
    ...operators,
    state,
    globals,
    LuaTable,
    NOTHING,
    first,
    list,
    greater: (left, right, site) => operators.less(right, left, site),
    greaterOrEqual: (left, right, site) => operators.lessOrEqual(right, left, site),
    construct: (shape, values) => constructTable(state, shape, values),
    argTable(values) {
      const table = new LuaTable([...values]);
      table.set('n', values.length);
      return table;
    },
    walk: (iterator, table, control) => tableWalk(next, iterator, table, control),
  };
}
