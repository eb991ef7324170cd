import type { Words } from '../support/program.js';

/** What the scripts below look at. */
export const dataOfScripts: readonly Words[] = [
  ['FLUSHALL'],
  ['HSET', 'hash', 'a', '1'],
  ['ZADD', 'zset', '1.5', 'm', 'inf', 'n'],
  ['SADD', 'set', 'one'],
  ['SET', 'text', 'value'],
];

/** Looks at a reply as a script sees it: its type, its fields (but a mark of the server's own on errors), and what they hold. */
const shown = (call: string): string => `redis.setresp(3)
local function show(v)
  if type(v) ~= 'table' then return type(v) .. ':' .. tostring(v) end
  local parts = {}
  for k, w in pairs(v) do
    if k ~= 'ignore_error_stats_update' then parts[#parts + 1] = tostring(k) .. '=' .. show(w) end
  end
  table.sort(parts)
  return '{' .. table.concat(parts, ',') .. '}'
end
return show(redis.pcall(${call}))`;

const calls = [
  "'HGETALL', 'hash'",
  "'HGETALL', 'none'",
  "'ZSCORE', 'zset', 'm'",
  "'ZSCORE', 'zset', 'n'",
  "'ZSCORE', 'zset', 'none'",
  "'ZRANGE', 'zset', 0, -1, 'WITHSCORES'",
  "'ZINCRBY', 'zset', 1, 'm'",
  "'SMEMBERS', 'set'",
  "'SISMEMBER', 'set', 'one'",
  "'GET', 'text'",
  "'GET', 'none'",
  "'MGET', 'none', 'text', 'none'",
  "'LRANGE', 'none', 0, -1",
  "'PING'",
  "'LPOP', 'none', 1",
  "'NOSUCH'",
  "'XINFO', 'STREAM', 'none'",
  "'GEOPOS', 'none', 'x'",
];

const results = [
  ...[
    'true',
    'false',
    'nil',
    '{1, true, false, 3}',
    '{double=3.5}',
    '{double=1e300}',
    '{double=-1/0}',
    '{map={a=1}}',
  ],
  ...['{map={a={1, 2}}}', '{set={a=true}}', "{big_number='12345678901234567890'}", '{map=1}', '{double="x"}'],
  ...[
    "{verbatim_string={string='x', format='txt'}}",
    "{verbatim_string={string='x'}}",
    "{ok='fine'}",
    "{err='BAD x'}",
  ],
  ...calls.slice(0, 11).map((call) => `redis.call(${call})`),
];

/** Scripts whose replies depend on the protocol they chose, and on the one their caller speaks. */
export const shapedScripts: readonly string[] = [
  ...calls.map(shown),
  ...results.map((result) => `return ${result}`),
  ...results.map((result) => `redis.setresp(3) return ${result}`),
  ...results.map((result) => `redis.setresp(3) redis.setresp(2) return ${result}`),
  // What one script chose is over with it.
  "return type(redis.call('HGETALL', 'hash').map)",
];
