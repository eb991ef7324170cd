import type { HostReply, LuaHost } from '../../src/index.js';

const WRONG_COUNT = { err: 'ERR Wrong number of args calling Redis command from script' };

/** The handful of commands the corpus uses, on an empty server: enough to see how replies enter a script. */
export const smallHost: LuaHost = {
  call(args): HostReply {
    const [name, ...rest] = args;
    switch (name!.toUpperCase()) {
      case 'PING':
        return { ok: 'PONG' };
      case 'ECHO':
        return rest[0] ?? WRONG_COUNT;
      case 'GET':
        return rest.length === 1 ? null : WRONG_COUNT;
      case 'SET':
        if (rest.length < 2) return WRONG_COUNT;
        return rest.length === 2 ? { ok: 'OK' } : { err: 'ERR syntax error' };
      default:
        return { err: 'ERR Unknown Redis command called from script' };
    }
  },
  aclCheck: (args) => (args[0]?.toUpperCase() === 'GET' ? true : undefined),
};
