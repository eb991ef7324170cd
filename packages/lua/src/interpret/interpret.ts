import type { Chunk, FunctionBody } from '../compile/syntax.js';
import type { Runtime } from '../runtime/runtime.js';
import { type LuaFunction, NOTHING } from '../runtime/values.js';
import { type Cell, type Frame, Layout, RETURN } from './frame.js';
import { type BuildFunction, ExpressionBuilder } from './interpret-expression.js';
import { buildBlock } from './interpret-statement.js';

/**
 * Compiles a chunk to closures: several times slower than generated JavaScript, the same behaviour, and allowed
 * where a content security policy forbids `new Function`.
 */
export function interpretChunk(chunk: Chunk, runtime: Runtime): LuaFunction {
  const make = plan(chunk.main, runtime, chunk);
  return make([]);
}

/** What a call takes of the stack at most, in words: each nested statement and expression of its is a call here. */
const frameWords = 1000;

/** Prepares a function once; the result makes a function value from the cells it captures. */
function plan(
  body: FunctionBody,
  runtime: Runtime,
  chunk: Chunk,
): (captures: readonly Cell[]) => LuaFunction {
  const { state } = runtime;
  const layout = new Layout(body.scope.upvalues);
  const buildFunction: BuildFunction = (inner, outer) => {
    const makeInner = plan(inner, runtime, chunk);
    const cells = [...inner.scope.upvalues].map((variable) => outer.layout.cell(variable));
    return (frame) => makeInner(cells.map((cell) => cell(frame)));
  };
  const builder = new ExpressionBuilder(runtime, layout, chunk, body.scope.usesLevel, buildFunction);
  const declare = body.parameters.map((parameter) => layout.declarer(parameter));
  const declareArg = body.argTable && layout.declarer(body.argTable);
  const count = declare.length;
  const run = buildBlock(builder, body.body);
  return (captures) =>
    (...values) => {
      if (--state.steps < 0) state.tick();
      state.stackTaken += frameWords + 4 * values.length;
      const varargs = body.vararg ? values.slice(count) : [];
      const frame: Frame = { slots: [], captures, varargs, callerAt: state.at, result: NOTHING };
      for (let index = 0; index < count; index++) declare[index]!(frame, values[index]);
      if (declareArg) declareArg(frame, body.scope.usesVararg ? undefined : runtime.argTable(varargs));
      return run(frame) === RETURN ? frame.result : NOTHING;
    };
}
