-- Pauses and resumes a queue, removes a job that is not at work, replays and discards dead letters.
-- KEYS     see queue.lua
-- ARGV[4]  pause, resume, remove, replay or discard
-- then     ids, of the last three
-- Returns  how many it concerned
if foreign then return foreign end
local act = ARGV[4]
if act == 'pause' then return redis.call('HSET', KEYS[8], 'paused', '1') end
if act == 'resume' then
  local removed = redis.call('HDEL', KEYS[8], 'paused')
  wake()
  return removed
end
local concerned, wasEmpty = 0, isEmpty()
for i = 5, #ARGV do
  local id = ARGV[i]
  if act == 'remove' then
    local found = redis.call('ZREM', KEYS[3], id) + redis.call('ZREM', KEYS[2], id)
    if found == 0 and redis.call('HEXISTS', KEYS[5], id) == 1 and not redis.call('ZSCORE', KEYS[4], id)
      and not redis.call('ZSCORE', KEYS[7], id) then
      found = redis.call('LREM', KEYS[1], 1, id)
    end
    if found > 0 then forget(id) end
    concerned = concerned + found
  elseif redis.call('ZREM', KEYS[7], id) == 1 then
    concerned = concerned + 1
    if act == 'discard' then
      forget(id)
    else
      -- Failures begin anew; the number of a delivery never comes twice.
      keepState(id, { delivery = stateOf(id).delivery, failures = 0, crashes = 0, problem = '' })
      ready(id, jobOf(redis.call('HGET', KEYS[5], id)), micros, false)
    end
  end
end
if act == 'replay' and wasEmpty and concerned > 0 then wake() end
return concerned
