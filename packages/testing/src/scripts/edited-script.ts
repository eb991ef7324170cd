import { createHash } from 'node:crypto';
import type { Command } from '@penknife/core';

/** A command whose script was changed: another text, and the sha1 that belongs to it. Without a script it stays as it is. */
export function editedScript<T>(command: Command<T>, edit: (lua: string) => string): Command<T> {
  const { script, args } = command;
  if (script === undefined) return command;
  const lua = edit(script.lua);
  if (lua === script.lua) return command;
  const sha1 = createHash('sha1').update(lua).digest('hex');
  const [name, , ...rest] = args;
  return { ...command, args: [name, sha1, ...rest], script: { ...script, lua, sha1 } };
}

/** A bug in one script: the text that is right, and what stands there instead. */
export interface ScriptBug {
  /** The script's name. */
  readonly script: string;
  readonly right: string;
  readonly wrong: string;
}

/** Plants a bug into a script on its way to the server. Throws when the right text is not there: nothing would be planted. */
export function plantedBug({ script, right, wrong }: ScriptBug): <T>(command: Command<T>) => Command<T> {
  return (command) => {
    if (command.script?.name !== script) return command;
    if (!command.script.lua.includes(right)) throw new Error(`${script} does not hold: ${right}`);
    return editedScript(command, (lua) => lua.replace(right, () => wrong));
  };
}
