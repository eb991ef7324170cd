import type { Command, Driver } from '@penknife/core';

/** A text of a script, and what a careless hand would have written instead. */
export interface Plant {
  readonly bug: string;
  readonly script:
    | 'submit'
    | 'read'
    | 'remove'
    | 'hide'
    | 'show'
    | 'merge'
    | 'finalize'
    | 'snapshot'
    | 'movement';
  /** Only in the scripts of this layout. Default: of both. */
  readonly layout?: 'packed' | 'lexicographic';
  readonly text: string;
  readonly instead: string;
}

/** A driver whose scripts have the bug. */
export function planted(
  driver: Driver,
  { script, layout, text, instead }: Plant,
): { driver: Driver; used(): number } {
  let used = 0;
  const send: Driver['send'] = <T>(command: Command<T>, options?: object) => {
    const [, act, kind = 'packed'] = /^leaderboard.(\w+)(?:-(\w+))?$/.exec(command.script?.name ?? '') ?? [];
    if (!command.script || act !== script || (layout !== undefined && layout !== kind))
      return driver.send(command, options);
    const lua = command.script.lua.replace(text, () => instead);
    if (lua !== command.script.lua) used++;
    const { script: _, ...rest } = command;
    return driver.send({ ...rest, args: ['EVAL', lua, ...command.args.slice(2)] }, options);
  };
  return { driver: { ...driver, send, clock: driver.clock }, used: () => used };
}
