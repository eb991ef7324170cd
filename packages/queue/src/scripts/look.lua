-- Counts of a queue, one of its jobs, or the ids of those in one state.
-- KEYS     see queue.lua
-- ARGV[8]  counts, job or list
-- then     of job its id; of list: waiting, delayed, working, dead or done; how many to skip, how many at most
-- Returns  { waiting, delayed, at work, dead, done, paused 0|1 } | false | { where, delivery, failures, last error, record, answer, ms by
--          the server's clock: when it is due, its lease ends, it died or was done; 0 of what waits }
--          | ids: of waiting the list, then by priority, then parked; else the latest first, but what is due or ends soonest
if foreign then return foreign end
local what = ARGV[8]
if what == 'counts' then
  return {
    redis.call('LLEN', KEYS[1]) + redis.call('ZCARD', KEYS[2]) + redis.call('ZCARD', KEYS[12]),
    redis.call('ZCARD', KEYS[3]),
    redis.call('ZCARD', KEYS[4]),
    redis.call('ZCARD', KEYS[7]),
    redis.call('ZCARD', KEYS[10]),
    redis.call('HEXISTS', KEYS[8], 'paused'),
  }
end

if what == 'list' then
  local state, skip, most = ARGV[9], tonumber(ARGV[10]), tonumber(ARGV[11])
  local last = skip + most - 1
  if state == 'delayed' then return redis.call('ZRANGE', KEYS[3], skip, last) end
  if state == 'working' then return redis.call('ZRANGE', KEYS[4], skip, last) end
  if state == 'dead' then return redis.call('ZRANGE', KEYS[7], skip, last, 'REV') end
  if state == 'done' then return redis.call('ZRANGE', KEYS[10], skip, last, 'REV') end
  local ids = redis.call('LRANGE', KEYS[1], skip, last)
  local function append(length, key, idOf)
    skip = math.max(0, skip - length)
    local room = most - #ids
    if room == 0 then return end
    for _, member in ipairs(redis.call('ZRANGE', key, skip, skip + room - 1)) do ids[#ids + 1] = idOf(member) end
  end
  append(redis.call('LLEN', KEYS[1]), KEYS[2], function(id) return id end)
  append(redis.call('ZCARD', KEYS[2]), KEYS[12], function(member) return string.match(member, '^[^%z]*%z%d+%z(.*)$') end)
  return ids
end

local id = ARGV[9]
local record, answer = recordOf(id), redis.call('HGET', KEYS[9], id)
if not record then
  if not answer then return false end
  return { 'done', 0, 0, '', '', answer, math.floor(tonumber(redis.call('ZSCORE', KEYS[10], id) or 0)) }
end
local where, at = 'waiting', 0
for i, name in pairs({ [3] = 'delayed', [4] = 'working', [7] = 'dead' }) do
  local score = redis.call('ZSCORE', KEYS[i], id)
  if score then where, at = name, math.floor(tonumber(score)) end
end
local state = stateOf(id)
return { where, state.delivery, state.failures, state.problem, record, answer or '', at }
