import type { Variable } from '../compile/scope.js';
import type { Site } from '../runtime/state.js';
import type { LuaResult, LuaValue } from '../runtime/values.js';

/** A variable that closures share. */
export class Cell {
  value: LuaValue;
  constructor(value: LuaValue) {
    this.value = value;
  }
}

/** One activation of an interpreted function. */
export interface Frame {
  /** Local variables; captured ones sit in cells. */
  readonly slots: (LuaValue | Cell)[];
  /** Cells of outer functions' variables, in the order of the function's plan. */
  readonly captures: readonly Cell[];
  readonly varargs: readonly LuaValue[];
  /** Where the function was called, for `error(message, 2)`. */
  readonly callerAt: Site | undefined;
  result: LuaResult;
}

/** Gives exactly one value. */
export type Evaluate = (frame: Frame) => LuaValue;

/** Gives a call's raw result, or a list's values. */
export type EvaluateMany = (frame: Frame) => LuaResult;

/** The statement ran to its end. */
export const NORMAL = 0;
/** The statement left the innermost loop. */
export const BREAK = 1;
/** The statement left the function; its values are in `frame.result`. */
export const RETURN = 2;

/** How a statement ended. */
export type Outcome = typeof NORMAL | typeof BREAK | typeof RETURN;

/** Runs a statement or block. */
export type Execute = (frame: Frame) => Outcome;

/** Where one function keeps its variables: slots of its own, captures of others'. */
export class Layout {
  readonly captured: readonly Variable[];
  private readonly slots = new Map<Variable, number>();

  constructor(captured: Iterable<Variable>) {
    this.captured = [...captured];
  }

  slot(variable: Variable): number {
    let slot = this.slots.get(variable);
    if (slot === undefined) {
      slot = this.slots.size;
      this.slots.set(variable, slot);
    }
    return slot;
  }

  /** Reads a variable. */
  reader(variable: Variable): Evaluate {
    const capture = this.captured.indexOf(variable);
    if (capture >= 0) return (frame) => frame.captures[capture]!.value;
    const slot = this.slot(variable);
    if (variable.captured) return (frame) => (frame.slots[slot] as Cell).value;
    return (frame) => frame.slots[slot] as LuaValue;
  }

  /** Assigns to a variable that exists. */
  writer(variable: Variable): (frame: Frame, value: LuaValue) => void {
    const capture = this.captured.indexOf(variable);
    if (capture >= 0) {
      return (frame, value) => {
        frame.captures[capture]!.value = value;
      };
    }
    const slot = this.slot(variable);
    if (variable.captured) {
      return (frame, value) => {
        (frame.slots[slot] as Cell).value = value;
      };
    }
    return (frame, value) => {
      frame.slots[slot] = value;
    };
  }

  /** Brings a variable to life: a fresh cell each time where closures may hold on to it. */
  declarer(variable: Variable): (frame: Frame, value: LuaValue) => void {
    const slot = this.slot(variable);
    if (variable.captured) {
      return (frame, value) => {
        frame.slots[slot] = new Cell(value);
      };
    }
    return (frame, value) => {
      frame.slots[slot] = value;
    };
  }

  /** The cell of a variable an inner function captures. */
  cell(variable: Variable): (frame: Frame) => Cell {
    const capture = this.captured.indexOf(variable);
    if (capture >= 0) return (frame) => frame.captures[capture]!;
    const slot = this.slot(variable);
    return (frame) => frame.slots[slot] as Cell;
  }
}
