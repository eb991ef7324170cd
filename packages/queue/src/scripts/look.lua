-- Counts of a queue, or one of its jobs.
-- KEYS     see queue.lua
-- ARGV[4]  a job's id; empty: the counts
-- Returns  { waiting, delayed, at work, dead, paused 0|1 } | false | { where, delivery, failures, last error, record }
if foreign then return foreign end
if ARGV[4] == '' then
  return {
    redis.call('LLEN', KEYS[1]) + redis.call('ZCARD', KEYS[2]),
    redis.call('ZCARD', KEYS[3]),
    redis.call('ZCARD', KEYS[4]),
    redis.call('ZCARD', KEYS[7]),
    redis.call('HEXISTS', KEYS[8], 'paused'),
  }
end
local record = redis.call('HGET', KEYS[5], ARGV[4])
if not record then return false end
local where = 'waiting'
for i, name in pairs({ [3] = 'delayed', [4] = 'working', [7] = 'dead' }) do
  if redis.call('ZSCORE', KEYS[i], ARGV[4]) then where = name end
end
local state = stateOf(ARGV[4])
return { where, state.delivery, state.failures, state.problem, record }
