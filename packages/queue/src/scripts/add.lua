-- Adds jobs. One whose id is there already, or was answered and is remembered, is left as it is or, while it waits, replaced.
-- KEYS     see queue.lua
-- ARGV[8]  a delay of all of them, ms; or `@` and when they are due, ms by the server's clock
-- ARGV[9]  '1': what waits is replaced, its delay begins anew
-- ARGV[10] for how long their ids are not added again, ms; 0: for as long as they are there
-- then     per job: id, priority, group, payload
-- Returns  per job 1 when it is new, 2 when it replaced another, 0 when nothing was changed
if foreign then return foreign end
local instant = string.match(ARGV[8], '^@(%d+)$')
local dueAt = instant and tonumber(instant) or now + tonumber(ARGV[8])
local replaces, throttleMs = ARGV[9] == '1', tonumber(ARGV[10])
local wasEmpty, added = isEmpty(), {}
local earliest = redis.call('ZRANGE', KEYS[3], 0, 0, 'WITHSCORES')[2]
if throttleMs > 0 then forgetThrottled((#ARGV - 10) / 4) end

-- Its id rests, or its result is still kept.
local function isUsed(id)
  if throttleMs > 0 and tonumber(redis.call('ZSCORE', KEYS[11], id) or 0) > now then return true end
  return keepMs > 0 and redis.call('ZSCORE', KEYS[10], id) ~= false
end

local function put(id, priority, group, arrival)
  if dueAt > now then
    redis.call('ZADD', KEYS[3], string.format('%.0f', dueAt), id)
  elseif hasFill(group) then
    park(id, group, arrival)
  else
    ready(id, tonumber(priority), arrival, false)
  end
end

for i = 11, #ARGV, 4 do
  local id, priority, group, payload = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  local arrival, change = micros + #added, 0
  local record = string.format('%s:%.0f:%d:', priority, arrival, #group) .. group .. payload
  if not isUsed(id) and redis.call('HSETNX', KEYS[5], id, record) == 1 then
    change = 1
  elseif replaces then
    local old = recordOf(id)
    if old and takeOut(id, old) then
      change = 2
      redis.call('HSET', KEYS[5], id, record)
      -- What the former did is not its own: neither failures nor progress.
      redis.call('HDEL', KEYS[6], id)
      redis.call('HDEL', KEYS[9], id)
    end
  end
  if change > 0 then
    put(id, priority, group, arrival)
    if throttleMs > 0 then redis.call('ZADD', KEYS[11], now + throttleMs, id) end
  end
  added[#added + 1] = change
end

if dueAt > now then
  if not earliest or dueAt < tonumber(earliest) then wake() end
elseif wasEmpty then
  wake()
end
return added
