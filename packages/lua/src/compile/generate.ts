import type { Runtime } from '../runtime/runtime.js';
import type { LuaFunction } from '../runtime/values.js';
import { emitFunction } from './emit-statement.js';
import { Emitter } from './emitter.js';
import type { Chunk } from './syntax.js';

const HELPERS = [
  ...[
    'first',
    'list',
    'index',
    'setIndex',
    'callable',
    'construct',
    'argTable',
    'walk',
    'LuaTable',
    'NOTHING',
  ],
  ...['add', 'subtract', 'multiply', 'divide', 'modulo', 'power', 'negate', 'length', 'concat', 'equal'],
  ...['less', 'lessOrEqual', 'greater', 'greaterOrEqual', 'loopNumber', 'globals'],
];

/** Writes a chunk as the body of a JavaScript function of `runtime`, `sites` and `shapes`. */
function writeChunk(chunk: Chunk, runtime: Runtime): { source: string; emitter: Emitter } {
  const emitter = new Emitter(chunk.name, chunk.source, runtime.globals);
  const main = emitFunction(emitter, chunk.main);
  const source = [
    "'use strict';",
    `const { ${HELPERS.join(', ')}, state: S } = runtime;`,
    ...emitter.prologue,
    `return ${main};`,
  ].join('\n');
  return { source, emitter };
}

/** Compiles a chunk by generating JavaScript. Throws EvalError where code generation is forbidden. */
export function generateChunk(chunk: Chunk, runtime: Runtime): LuaFunction {
  const { source, emitter } = writeChunk(chunk, runtime);
  const build = new Function('runtime', 'sites', 'shapes', source) as (
    runtime: Runtime,
    sites: Emitter['sites'],
    shapes: Emitter['shapes'],
  ) => LuaFunction;
  return build(runtime, emitter.sites, emitter.shapes);
}
