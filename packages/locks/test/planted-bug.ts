import { createHash } from 'node:crypto';
import type { Command } from '@penknife/core';

/** A bug in one script: the text that is right, and what stands there instead. */
export interface PlantedBug {
  readonly script: string;
  readonly right: string;
  readonly wrong: string;
}

/** Replaces text in a script on its way to the server. Fails when the text is not there: then nothing would be planted. */
export function planted(bug: PlantedBug): <T>(command: Command<T>) => Command<T> {
  return (command) => {
    const { script, args } = command;
    if (script?.name !== bug.script) return command;
    const lua = script.lua.replace(bug.right, bug.wrong);
    if (lua === script.lua) throw new Error(`${bug.script} does not hold: ${bug.right}`);
    const sha1 = createHash('sha1').update(lua).digest('hex');
    return {
      ...command,
      args: ['EVALSHA', sha1, ...args.slice(2)],
      script: { name: script.name, lua, sha1 },
    };
  };
}
