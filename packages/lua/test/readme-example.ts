import type { HostReply } from '../src/index.js';
import { createLuaEngine, type LuaHost } from '../src/index.js';

const counters = new Map<string, number>();
const host: LuaHost = {
  call([name, key]) {
    if (name !== 'INCR' || key === undefined) return { err: 'ERR Unknown Redis command called from script' };
    const next = (counters.get(key) ?? 0) + 1;
    counters.set(key, next);
    return next;
  },
};

const engine = createLuaEngine();
const script = engine.compile(`
  local hits = redis.call('INCR', KEYS[1])
  if hits > tonumber(ARGV[1]) then return redis.error_reply('LIMIT too many hits') end
  return {hits, 'of ' .. ARGV[1]}
`);

const first = script.run(host, ['hits'], ['1']); // [1, 'of 1']
const second = script.run(host, ['hits'], ['1']); // { err: 'LIMIT too many hits' }

export const results: readonly HostReply[] = [first, second];
