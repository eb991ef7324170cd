import type { State } from '../runtime/state.js';
import type { LuaTable } from '../runtime/table.js';
import { NULL_USERDATA } from '../runtime/values.js';
import * as args from './arguments.js';
import { JsonDecoder } from './cjson-decode.js';
import { JsonEncoder } from './cjson-encode.js';
import { defaultSettings, settingFunctions } from './cjson-settings.js';

/** The cjson library, as lua-cjson 2.1.0; `new` gives an instance with settings of its own. */
export function cjsonLibrary(state: State): LuaTable {
  const settings = defaultSettings();
  const encoder = new JsonEncoder(state, settings);
  const library = args.libraryTable({
    ...settingFunctions(state, settings),
    encode(...values) {
      if (values.length !== 1) args.argumentError(state, 1, 'expected 1 argument');
      return encoder.encode(values[0]);
    },
    decode(...values) {
      if (values.length !== 1) args.argumentError(state, 1, 'expected 1 argument');
      return new JsonDecoder(state, settings, args.stringArgument(state, values, 1)).decode();
    },
    new: () => cjsonLibrary(state),
    _NAME: 'cjson',
    _VERSION: '2.1.0',
  });
  library.set('null', NULL_USERDATA);
  return library;
}
